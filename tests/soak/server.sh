# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced: servers of this folder.

# await COMMAND...: until it succeeds, for half a minute
await()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		test "$tries" -lt 300 || {
			cat log
			exit 1
		}
		sleep 0.1
	done
}

# start_nginx LINES: of files/small and files/large, which has so many, with what its section
# http has beside, on standard input
start_nginx()
{
	{
		cat <<-CONF
			daemon off;
			worker_processes 2;
			pid $PWD/pid;
			error_log $PWD/log;
			events {
			}
			http {
				client_body_temp_path $PWD/body;
				proxy_temp_path $PWD/proxy;
				fastcgi_temp_path $PWD/fastcgi;
				uwsgi_temp_path $PWD/uwsgi;
				scgi_temp_path $PWD/scgi;
				gzip on;
				gzip_types *;
		CONF
		cat
		echo '}'
	} >nginx.conf
	mkdir files
	seq "$1" >files/large
	seq 100 >files/small
	test "$(id -u)" -ne 0 || sed -i '1i user root;' nginx.conf
	nginx -e "$PWD/log" -p "$PWD" -c "$PWD/nginx.conf" </dev/null &
	trap 'kill "$!" 2>/dev/null || :; wait' EXIT
}

stop_nginx()
{
	kill -QUIT "$!"
	wait "$!"
	echo "server: $?"
}
