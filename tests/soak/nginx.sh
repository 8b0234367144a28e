# SPDX-License-Identifier: MIT
# nginx.sh REQUESTS: of a large file and a small one, over sockets of this folder.
set -eu
cat >nginx.conf <<CONF
daemon off;
worker_processes 2;
pid $PWD/pid;
error_log $PWD/log;
events {
}
http {
	access_log $PWD/access;
	client_body_temp_path $PWD/body;
	proxy_temp_path $PWD/proxy;
	fastcgi_temp_path $PWD/fastcgi;
	uwsgi_temp_path $PWD/uwsgi;
	scgi_temp_path $PWD/scgi;
	gzip on;
	gzip_types *;
	proxy_buffers 16 64k;
	server {
		listen unix:$PWD/front;
		location / {
			proxy_pass http://unix:$PWD/back:;
		}
	}
	server {
		listen unix:$PWD/back;
		root $PWD/files;
		default_type text/plain;
	}
}
CONF
mkdir files
seq 200000 >files/large
seq 100 >files/small
test "$(id -u)" -ne 0 || sed -i '1i user root;' nginx.conf
nginx -e "$PWD/log" -p "$PWD" -c "$PWD/nginx.conf" &
trap 'kill "$!" 2>/dev/null || :; wait' EXIT

tries=0
until test -S front && test -S back && test -s pid; do
	tries=$((tries + 1))
	test "$tries" -lt 300 || {
		cat log
		exit 1
	}
	sleep 0.1
done

ask()
{
	curl -sS --fail --unix-socket "$@"
}

ask front "http://localhost/small?[1-$1]" | cksum
ask front --compressed "http://localhost/small?[1-$1]" | cksum
ask back "http://localhost/large?[1-$(($1 / 20))]" | cksum
ask front --compressed "http://localhost/large?[1-$(($1 / 50))]" | cksum
ask back -r 1000-99999 "http://localhost/large?[1-$(($1 / 10))]" | cksum
kill -QUIT "$!"
wait "$!"
echo "server: $?"
wc -l <access
