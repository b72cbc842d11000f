"""An RTSP server that is not ours (gst-rtsp-server), for tests: serves clips at the paths given, prints its port, ends with its stdin.

Usage: rtsp_camera.py '{"/path": {"file": "clip.mp4", "codec": "h264", "auth": "digest", "sound": true}}'   (sound: AAC beside it; auth: absent, basic or digest; user "admin", password "p@ss:w/rd")
"""
import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstRtsp", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
mounts_wanted = json.loads(sys.argv[1])
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
mounts = server.get_mount_points()
for path, wanted in mounts_wanted.items():
    factory = GstRtspServer.RTSPMediaFactory()
    sound = " d.audio_0 ! queue ! rtpmp4gpay name=pay1 pt=97" if wanted.get("sound") else ""
    factory.set_launch(f"( filesrc location={wanted['file']} ! qtdemux name=d d.video_0 ! queue ! rtp{wanted['codec']}pay name=pay0 pt=96 config-interval=1{sound} )")
    if "auth" in wanted:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
    mounts.add_factory(path, factory)

method = next((wanted["auth"] for wanted in mounts_wanted.values() if "auth" in wanted), None)
if method:
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST if method == "digest" else GstRtsp.RTSPAuthMethod.BASIC)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if method == "digest":
        auth.add_digest("admin", "p@ss:w/rd", token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic("admin", "p@ss:w/rd"), token)
    server.set_auth(auth)

server.attach(None)
loop = GLib.MainLoop()
GLib.io_add_watch(GLib.IOChannel.unix_new(sys.stdin.fileno()), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
print(server.get_bound_port(), flush=True)
loop.run()
