# SPDX-License-Identifier: MIT
# wrk.sh SECONDS: as many requests as nginx answers, of a file in and a file
# larger than its buffers.
set -eu
. "$(dirname "$0")/server.sh"
port=$((20000 + $$ % 20000))
start_nginx 100000 <<CONF
	access_log off;
	server {
		listen 127.0.0.1:$port;
		root $PWD/files;
		default_type text/plain;
	}
CONF
await curl -sSf "http://127.0.0.1:$port/small"

# Only that there were requests, and what went wrong, is the same each time.
load()
{
	wrk -t 2 -c 16 -d "$1s" --timeout 60s "$2" >load
	grep -E 'errors|Non-2xx' load || :
	awk '$2 == "requests" { print ($1 > 0 ? "requests" : "none") }' load
}

load "$1" "http://127.0.0.1:$port/small"
load "$1" "http://127.0.0.1:$port/large"
wrk -t 1 -c 4 -d "$1s" --timeout 60s -H 'Accept-Encoding: gzip' \
	"http://127.0.0.1:$port/large" | grep -E 'errors|Non-2xx' || :
stop_nginx
