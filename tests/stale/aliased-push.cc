// SPDX-License-Identifier: MIT

// A container of what may be moved by realloc is given one of its own items
// to append: a reference, into what growing moves away.

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

template <typename T> class growing {
public:
	growing() = default;
	growing(const growing &) = delete;
	growing &operator=(const growing &) = delete;

	~growing()
	{
		std::free(items);
	}

	void push_back(const T &item)
	{
		const T copy = item;

		if (nr == capacity)
			grow();
		items[nr++] = FIXED ? copy : item;
	}

	const T &front() const
	{
		return items[0];
	}

	std::size_t size() const
	{
		return nr;
	}

	const T *begin() const
	{
		return items;
	}

	const T *end() const
	{
		return items + nr;
	}

private:
	void grow()
	{
		capacity = capacity ? 2 * capacity : 16 << 10;
		void *more = std::realloc(items, capacity * sizeof(T));
		if (!more)
			throw std::bad_alloc();
		items = static_cast<T *>(more);
	}

	T *items = nullptr;
	std::size_t nr = 0;
	std::size_t capacity = 0;
};

struct point {
	long x, y;
};

int main()
{
	growing<point> points;
	long sum = 0;

	points.push_back({ 3, 4 });
	for (int i = 0; i < 20000; i++)
		points.push_back(points.front());
	for (const point &at : points)
		sum += at.x * at.y;
	std::printf("%zu points, sum %ld\n", points.size(), sum);
	return 0;
}
