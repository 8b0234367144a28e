/* SPDX-License-Identifier: MIT */

/*
 * A plugin that throws: through frames that clean up with a call, and out of
 * a function that the program called back into.
 */

#include <stdexcept>
#include <sys/mman.h>

namespace
{

struct shrink_at_end {
	char *range;

	~shrink_at_end()
	{
		mremap(range, 8192, 4096, 0);
	}
};

void grow_and_throw(char *range, int depth)
{
	shrink_at_end end{ range };

	mremap(range, 4096, 8192, 0);
	if (depth == 0)
		throw std::runtime_error("thrown");
	mremap(range, 8192, 4096, 0);
	grow_and_throw(range, depth - 1);
}

}

/* Two calls on each level on the way down but one, and one on each back. */
extern "C" int plugin_run(char *range, int depth)
{
	try {
		grow_and_throw(range, depth);
	} catch (const std::exception &error) {
		return error.what()[0];
	}
	return 0;
}
