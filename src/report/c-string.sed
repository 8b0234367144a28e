# Each line of a text as a C string literal, but for comments.
/^<!--.*-->$/d
s/[\\"]/\\&/g
s/.*/"&\\n"/
