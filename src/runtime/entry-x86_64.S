/* SPDX-License-Identifier: MIT */

/*
 * syscall(3). SYS_mremap goes to rg_syscall_mremap(), what may shut the
 * program in to rg_syscall_confining(), and everything else to the kernel
 * from here, with no frame of ours in between: a child of clone, or of
 * vfork, returns from this very instruction. That a program seals mappings is
 * noted on the way: see vma-query.c.
 */

#define SYS_MREMAP 25
#define SYS_PRCTL 157
#define SYS_SECCOMP 317
#define SYS_MSEAL 462

	.text
	.globl	syscall
	.type	syscall, @function
	.p2align 4
syscall:
	.cfi_startproc
	endbr64
	cmpq	$SYS_MREMAP, %rdi
	je	1f
	cmpq	$SYS_PRCTL, %rdi
	je	rg_syscall_confining
	cmpq	$SYS_SECCOMP, %rdi
	je	rg_syscall_confining
	cmpq	$SYS_MSEAL, %rdi
	je	3f
0:
	/* the kernel leaves this register alone, and so do children */
	movq	%rdi, %xmm0
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	movq	%r9, %r8
	movq	8(%rsp), %r9
	syscall
	cmpq	$-4095, %rax
	jae	2f
	ret
1:
	/* the arguments move down by one: the number is not passed on */
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %rcx
	movq	%r9, %r8
	jmp	rg_syscall_mremap
2:
	/* it has failed, so there is no child: here may be a frame */
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	movq	%rsp, %rbp
	subq	$48, %rsp
	.cfi_adjust_cfa_offset 48
	movq	%rdi, (%rsp)
	movq	%rsi, 8(%rsp)
	movq	%rdx, 16(%rsp)
	movq	%r10, 24(%rsp)
	movq	%r8, 32(%rsp)
	movq	%r9, 40(%rsp)
	movq	%rax, %rdi
	movq	%xmm0, %rsi
	movq	%rsp, %rdx
	movq	56(%rsp), %rcx
	call	rg_syscall_failed
	addq	$48, %rsp
	.cfi_adjust_cfa_offset -48
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	ret
3:
	movb	$1, rg_mseal_seen(%rip)
	jmp	0b
	.cfi_endproc
	.size	syscall, .-syscall

/*
 * The end of a signal handler that was set without libc. Unwinders and
 * debuggers know it by these very bytes, and look it up one byte before.
 */
	.globl	rg_signal_return
	.hidden	rg_signal_return
	.type	rg_signal_return, @function
	.p2align 4
	nop
rg_signal_return:
	movq	$15, %rax
	syscall
	.size	rg_signal_return, .-rg_signal_return

	.section .note.GNU-stack, "", @progbits
	.section .note.gnu.property, "a"
	.p2align 3
	.long	4
	.long	16
	.long	5
	.asciz	"GNU"
	.long	0xc0000002
	.long	4
	.long	3
	.long	0
