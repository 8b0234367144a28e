# SPDX-License-Identifier: MIT
# nginx.sh REQUESTS: of a large file and a small one, over sockets of this folder.
set -eu
. "$(dirname "$0")/server.sh"
start_nginx 200000 <<CONF
	access_log $PWD/access;
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
CONF
await test -S front
await test -S back
await test -s pid

ask()
{
	curl -sS --fail --unix-socket "$@"
}

ask front "http://localhost/small?[1-$1]" | cksum
ask front --compressed "http://localhost/small?[1-$1]" | cksum
ask back "http://localhost/large?[1-$(($1 / 20))]" | cksum
ask front --compressed "http://localhost/large?[1-$(($1 / 50))]" | cksum
ask back -r 1000-99999 "http://localhost/large?[1-$(($1 / 10))]" | cksum
stop_nginx
wc -l <access
