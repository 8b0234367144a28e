# SPDX-License-Identifier: MIT
# git.sh COMMITS: a history is imported, cloned, packed and checked.
set -eu
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
commits=$1

# Fifty files that grow, and one that is large.
history()
{
	awk -v commits="$commits" '
	function commit(file, time) {
		print "commit refs/heads/main"
		print "committer A <a@example.org>", time, "+0000"
		print "data <<END\na change\nEND"
		print "M 644 inline", file "\ndata <<END"
	}
	BEGIN {
		for (n = 1; n <= commits; n++) {
			text = text "line " n " of " n * 7919 % 1000003 "\n"
			if (length(text) > 40000)
				text = substr(text, 20000)
			commit("file-" n % 50, n + 1000000000)
			print text "END"
		}
		commit("large", 1600000000)
		for (n = 1; n <= 2000000; n++)
			print n * 48271 % 65521
		print "END"
	}'
}

git init -q --bare origin
history | git -C origin fast-import --quiet
git clone -q --no-local --branch main origin clone 2>/dev/null
cd clone
git -c pack.threads=2 repack -q -a -d -f --depth=50 --window=10
git gc -q
git fsck --full --no-progress
git rev-list --objects --all | wc -l
git log --format=%H | cksum
cksum large file-0
