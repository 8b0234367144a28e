/* SPDX-License-Identifier: MIT */

/*
 * syscall(3). SYS_mremap goes to rg_syscall_mremap(), what may shut the
 * program in to rg_syscall_confining(), and everything else to the kernel. The
 * registers that are the caller's are saved around it on the stack, as libc
 * does: nobody can make a child by number here, who shares that stack or has
 * another. That a program seals mappings is noted on the way: see vma-query.c.
 */

#define SYS_MREMAP 163
#define SYS_PRCTL 172
#define SYS_SECCOMP 354
#define SYS_MSEAL 462

	.text
	.globl	syscall
	.type	syscall, @function
	.p2align 4
syscall:
	.cfi_startproc
	endbr32
	movl	4(%esp), %eax
	cmpl	$SYS_MREMAP, %eax
	je	1f
	cmpl	$SYS_PRCTL, %eax
	je	rg_syscall_confining
	cmpl	$SYS_SECCOMP, %eax
	je	rg_syscall_confining
	cmpl	$SYS_MSEAL, %eax
	je	3f
0:
	pushl	%ebp
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %ebp, 0
	pushl	%edi
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %edi, 0
	pushl	%esi
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %esi, 0
	pushl	%ebx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %ebx, 0
	movl	24(%esp), %ebx
	movl	28(%esp), %ecx
	movl	32(%esp), %edx
	movl	36(%esp), %esi
	movl	40(%esp), %edi
	movl	44(%esp), %ebp
	int	$0x80
	popl	%ebx
	.cfi_adjust_cfa_offset -4
	.cfi_restore %ebx
	popl	%esi
	.cfi_adjust_cfa_offset -4
	.cfi_restore %esi
	popl	%edi
	.cfi_adjust_cfa_offset -4
	.cfi_restore %edi
	popl	%ebp
	.cfi_adjust_cfa_offset -4
	.cfi_restore %ebp
	cmpl	$-4095, %eax
	jae	2f
	ret
1:
	/*
	 * The arguments move down by one: the number is not passed on. Where
	 * they lie belongs to who is called.
	 */
	movl	8(%esp), %eax
	movl	%eax, 4(%esp)
	movl	12(%esp), %eax
	movl	%eax, 8(%esp)
	movl	16(%esp), %eax
	movl	%eax, 12(%esp)
	movl	20(%esp), %eax
	movl	%eax, 16(%esp)
	movl	24(%esp), %eax
	movl	%eax, 20(%esp)
	jmp	rg_syscall_mremap
2:
	/* rg_syscall_failed(result, number, arguments, caller) */
	movl	(%esp), %edx
	leal	8(%esp), %ecx
	subl	$12, %esp
	.cfi_adjust_cfa_offset 12
	pushl	%edx
	.cfi_adjust_cfa_offset 4
	pushl	%ecx
	.cfi_adjust_cfa_offset 4
	pushl	-4(%ecx)
	.cfi_adjust_cfa_offset 4
	pushl	%eax
	.cfi_adjust_cfa_offset 4
	call	rg_syscall_failed
	addl	$28, %esp
	.cfi_adjust_cfa_offset -28
	ret
3:
	call	4f
4:
	popl	%ecx
	addl	$_GLOBAL_OFFSET_TABLE_+(.-4b), %ecx
	movb	$1, rg_mseal_seen@GOTOFF(%ecx)
	jmp	0b
	.cfi_endproc
	.size	syscall, .-syscall

	.section .note.GNU-stack, "", @progbits
