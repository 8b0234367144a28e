# SPDX-License-Identifier: MIT
# wrk.sh SECONDS: as many requests as nginx answers, of a file in and a file
# larger than its buffers.
set -eu
port=$((20000 + $$ % 20000))
cat >nginx.conf <<CONF
daemon off;
worker_processes 2;
pid $PWD/pid;
error_log $PWD/log;
events {
}
http {
	access_log off;
	client_body_temp_path $PWD/body;
	proxy_temp_path $PWD/proxy;
	fastcgi_temp_path $PWD/fastcgi;
	uwsgi_temp_path $PWD/uwsgi;
	scgi_temp_path $PWD/scgi;
	gzip on;
	gzip_types *;
	server {
		listen 127.0.0.1:$port;
		root $PWD/files;
		default_type text/plain;
	}
}
CONF
mkdir files
seq 100000 >files/large
seq 100 >files/small
test "$(id -u)" -ne 0 || sed -i '1i user root;' nginx.conf
nginx -e "$PWD/log" -p "$PWD" -c "$PWD/nginx.conf" &
trap 'kill "$!" 2>/dev/null || :; wait' EXIT
tries=0
until curl -sSf "http://127.0.0.1:$port/small" >/dev/null 2>&1; do
	tries=$((tries + 1))
	test "$tries" -lt 300 || {
		cat log
		exit 1
	}
	sleep 0.1
done

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
kill -QUIT "$!"
wait "$!"
echo "server: $?"
