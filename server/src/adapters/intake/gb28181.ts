/** What codes of GB/T 28181 say. */

/** 131 摄像机, 132 网络摄像机: digits 11 to 13 of a code tell what it is. */
export const isCameraCode = (code: string): boolean => /^\d{10}13[12]\d{7}$/.test(code)

/** DirectionType: 1 东, 2 西, 3 南, 4 北, 5 东南, 6 东北, 7 西南, 8 西北; in degrees from north. */
export const DIRECTIONS: readonly (number | undefined)[] = [undefined, 90, 270, 180, 0, 135, 45, 225, 315]
