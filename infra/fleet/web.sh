#!/bin/bash
# The sample application: a page that says which instance answers. systemctl stop web lets it end: that is its drain.
set -eu
cat >/usr/local/bin/web <<'PYTHON'
import http.server, os, signal, socket, threading

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (os.environ["FLEET"] + " " + socket.gethostname() + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # requests under way are answered before the process ends

server = Server(("", 8080), Page)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
PYTHON
cat >/etc/systemd/system/web.service <<'UNIT'
[Unit]
Description=The sample application
After=network-online.target
Wants=network-online.target

[Service]
Environment=FLEET=@FLEET@
ExecStart=/usr/bin/python3 /usr/local/bin/web
DynamicUser=yes
Restart=on-failure
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now web.service
