# SPDX-License-Identifier: MIT
# complete.bash COMPLETION [bash-completion]: for each line of standard input
# what readline would be given, a whole word a line, then an empty line. The
# line is split as bash does for a completion function, at blanks, = and :.
[[ -z $2 ]] || . "$2"
. "$1"
function_of_remapguard=$(complete -p remapguard | sed 's/.*-F \([^ ]*\).*/\1/')

# only a real completion has options to set
compopt()
{
	:
}

split()
{
	local rest=$1 part
	COMP_WORDS=()
	while [[ $rest ]]; do
		if [[ $rest == [[:blank:]]* ]]; then
			rest=${rest#"${rest%%[![:blank:]]*}"}
			[[ $rest ]] || COMP_WORDS+=('')
			continue
		fi
		part=${rest%%[[:blank:]=:]*}
		[[ $part ]] || part=${rest%%[^=:]*}
		COMP_WORDS+=("$part")
		rest=${rest#"$part"}
	done
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
}

while IFS= read -r COMP_LINE; do
	COMP_POINT=${#COMP_LINE}
	COMP_TYPE=9 COMP_KEY=9
	split "$COMP_LINE"
	current=${COMP_WORDS[COMP_CWORD]}
	# what stands before a mark is kept, and the mark as well
	[[ $current != [=:]* ]] || current=
	word=${COMP_LINE##*[[:blank:]]}
	before=${word%"$current"}
	COMPREPLY=()
	"$function_of_remapguard" remapguard "$current" \
		"${COMP_WORDS[COMP_CWORD - 1]}"
	for reply in "${COMPREPLY[@]}"; do
		printf '%s\n' "$before$reply"
	done
	echo
done
