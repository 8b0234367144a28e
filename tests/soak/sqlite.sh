# SPDX-License-Identifier: MIT
# sqlite.sh ROWS JOURNAL-MODE: a mapped database grows by a tenth each time, is read, shrinks.
set -eu

fill()
{
	for part in 0 1 2 3 4 5 6 7 8 9; do
		cat <<-SQL
		WITH RECURSIVE n(i) AS
			(SELECT 1 UNION ALL SELECT i + 1 FROM n
			 WHERE i < $1 / 10)
		INSERT INTO t SELECT i * 48271 % 65521, 'row ' || i ||
			' of part $part, which is long enough' FROM n;
		SELECT count(*), sum(a), sum(length(b)) FROM t;
		SQL
	done
}

{
	echo 'PRAGMA mmap_size = 2000000000;'
	echo "PRAGMA journal_mode = $2;"
	echo 'CREATE TABLE t(a INTEGER, b TEXT);'
	fill "$1"
	cat <<-'SQL'
	CREATE INDEX i ON t(a);
	SELECT a, count(*) FROM t GROUP BY a ORDER BY 2 DESC, 1 LIMIT 5;
	DELETE FROM t WHERE a % 3;
	VACUUM;
	SELECT count(*), sum(a) FROM t;
	PRAGMA integrity_check;
	SQL
} | sqlite3 -batch db
cksum db
