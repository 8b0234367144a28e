# SPDX-License-Identifier: MIT
# For an interactive zsh -f: COMPLETION's directory and the file to write to are
# in the environment. A tab writes what the line might go on with, a word a
# line, then an empty line; and leaves an empty line behind.
unsetopt beep auto_list auto_menu
fpath=($COMPLETION_DIR $fpath)
autoload -Uz compinit
compinit -u -D
zstyle ':completion:*' verbose yes

# What only fills arrays adds nothing.
compadd()
{
	local -a hits gathers prefix hidden
	local hit
	builtin zparseopts -E -a gathers O: A: D: -
	if (($#gathers)); then
		builtin compadd "$@"
		return
	fi
	builtin zparseopts -E P:=prefix p:=hidden -
	builtin compadd -O hits "$@"
	for hit in $hits; do
		print -r -- "$IPREFIX$prefix[2]$hidden[2]$hit" >>$CAPTURED
	done
	builtin compadd "$@"
}

capture()
{
	zle complete-word
	BUFFER=
	print >>$CAPTURED
}
zle -C complete-word complete-word _main_complete
zle -N capture
bindkey '^I' capture
PS1='ready> '
