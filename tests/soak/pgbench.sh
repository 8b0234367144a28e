# SPDX-License-Identifier: MIT
# pgbench.sh TRANSACTIONS: of each of four clients, on a cluster made for it.
# PostgreSQL refuses to run as root.
set -eu
for bin in /usr/lib/postgresql/*/bin; do
	PATH=$bin:$PATH
done

fail()
{
	cat log
	exit 1
}

initdb -D data -A trust -U me >log 2>&1 || fail
pg_ctl -D data -w -l server.log -o "-k '$PWD' -c listen_addresses=''
	-c work_mem=1MB -c maintenance_work_mem=16MB" start >log 2>&1 || fail
trap 'pg_ctl -D data -m immediate stop >/dev/null 2>&1 || :' EXIT

ask()
{
	psql -h "$PWD" -U me -d postgres -At -c "$1"
}

# Figures differ each time; that all was done does not.
bench()
{
	pgbench -h "$PWD" -U me -n -c 4 -j 2 -t "$@" postgres >log 2>&1 || fail
	grep -E '^number of (transactions actually|failed)' log |
		sed 's/ *([0-9.%]*)//'
}

pgbench -h "$PWD" -U me -i -s 2 -q postgres >log 2>&1 || fail
bench "$1"
bench "$1" -S
ask 'select count(*), sum(bid) from pgbench_accounts'
ask 'select count(*) from pgbench_history'
ask "select length(string_agg(repeat('x', 1000), '')) from
	generate_series(1, 20000)"
ask "select md5(string_agg(i::text, ',' order by i desc)) from
	generate_series(1, 200000) i"
pg_ctl -D data -m fast -w stop >log 2>&1 || fail
trap - EXIT
echo stopped
