# SPDX-License-Identifier: MIT
# redis.sh REQUESTS: of each of the benchmark's commands, a tenth of them with
# large values. The server is in redis-tools too, by another name.
set -eu
. "$(dirname "$0")/server.sh"
ln -s "$(command -v redis-check-rdb)" redis-server
./redis-server --port 0 --unixsocket "$PWD/socket" --dir "$PWD" \
	--save 1 100 --appendonly yes --loglevel warning >log 2>&1 &
trap 'kill "$!" 2>/dev/null || :; wait' EXIT

cli()
{
	redis-cli -s socket "$@"
}

await cli ping

# Figures differ each time; that there are some does not.
benchmark()
{
	redis-benchmark -s socket --csv "$@" | cut -d , -f 1
}

benchmark -n "$1" -P 4
benchmark -n $(($1 / 10)) -d 100000 -r 100 -t set,get,lpush,lpop
cli eval 'local s = "0123456789abcdef" for i = 1, 20 do s = s .. s end
	redis.call("set", "large", s)
	for i = 1, 50 do redis.call("append", "large", "some more") end
	return redis.call("strlen", "large")' 0
cli bgrewriteaof >/dev/null
until cli info persistence | grep -q '^aof_rewrite_in_progress:0'; do
	sleep 0.1
done
until cli save 2>/dev/null | grep -q OK; do
	sleep 0.1
done
cli strlen large
cli flushall
cli shutdown nosave || :
wait "$!"
echo "server: $?"
