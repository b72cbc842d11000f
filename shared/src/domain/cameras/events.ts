/** Cameras: what is registered, and in which state each is known to be. Addresses and passwords never stand in events. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { LngLat } from '../../kernel/geo.ts'
import type { PersonRole } from '../people/events.ts'

/** 重点路段, 重要场所, 避灾救助点, 江河. */
export type SiteKind = 'road' | 'place' | 'shelter' | 'river'
/** `demo` is drawn by ffmpeg and says so in the picture; `gateway` is pulled from a camera address by our own gateway. */
export type CameraBackend = 'demo' | 'gateway'
/**
 * What is known of a camera. `unchecked`: nobody has looked yet (未巡检), which is neither well nor ill. `answering`: it answered a probe,
 * but nobody has seen its picture. `denied`: it does not take the password we have.
 */
export type CameraState = 'unchecked' | 'answering' | 'live' | 'stalled' | 'frozen' | 'black' | 'offline' | 'codec' | 'denied'

export type CameraRegistered = JournalEvent<
  'camera.registered',
  {
    readonly id: string
    /** 20-digit GB/T 28181 code. */
    readonly gbCode: string
    readonly name: string
    /** WGS 84 degrees. */
    readonly position: LngLat
    /** Degrees clockwise from north the camera looks at. */
    readonly bearing: number
    /** Horizontal field of view in degrees. */
    readonly fov: number
    /** Metres it can usefully see. */
    readonly range: number
    readonly siteKind: SiteKind
    /** 15-digit code of the grid it stands in. */
    readonly grid: string
    /** Roles that answer for what it shows. */
    readonly people: readonly PersonRole[]
    readonly backend: CameraBackend
    readonly codec: 'h264' | 'h265'
    readonly subStream: boolean
  }
>

export type CameraStateChanged = JournalEvent<
  'camera.state-changed',
  {
    readonly id: string
    readonly grid: string
    readonly from: CameraState
    readonly to: CameraState
    /** Epoch milliseconds of the last decoded frame, where known. */
    readonly lastFrameAt?: number
    readonly reason?: string
  }
>
