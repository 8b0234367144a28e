/* SPDX-License-Identifier: MIT */

/*
 * A plugin, compiled twice: the same code to the byte but for the size of a
 * frame, FRAME, of which nothing is written.
 */

void call(void (*function)(void));

#define STRING(number) #number
#define NUMBER(number) STRING(number)

#ifdef __x86_64__
__asm__(".text\n"
	".globl call\n"
	".type call, @function\n"
	"call:\n"
	"	.cfi_startproc\n"
	"	subq	$" NUMBER(FRAME) ", %rsp\n"
	"	.cfi_adjust_cfa_offset " NUMBER(FRAME) "\n"
	"	call	*%rdi\n"
	"	addq	$" NUMBER(FRAME) ", %rsp\n"
	"	.cfi_adjust_cfa_offset -" NUMBER(FRAME) "\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size call, .-call\n");
#else
void call(void (*function)(void))
{
	volatile char room[FRAME];

	room[0] = 1;
	function();
	room[0] = 2;
}
#endif
