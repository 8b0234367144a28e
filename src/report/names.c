/* SPDX-License-Identifier: MIT */

#include "report/names.h"

#include "report/alloc.h"
#include "report/demangle.h"
#include "report/object-file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names of one place, kept for the next time. */
struct place {
	struct rg_name *list;
	size_t nr;
	Dwarf_Addr code; /* in the instruction that is meant */
};

struct rg_names {
	const struct rg_objects *objects;
	struct rg_object_file
		*files; /* beside objects->list, as far as asked */
	size_t nr_files;
	struct rg_table by_frame;
	struct place *places;
	size_t nr;
	size_t capacity;
	struct rg_table by_string;
	char **strings;
	size_t nr_strings;
	size_t string_capacity;
};

/* One copy of each string, which lives as long as the names. */
static const char *keep(struct rg_names *names, const char *str)
{
	size_t at = rg_table_intern(&names->by_string, str, strlen(str),
				    names->nr_strings);

	if (at == names->nr_strings) {
		names->strings = rg_grow_by_one(
			names->strings, names->nr_strings,
			&names->string_capacity, sizeof(*names->strings));
		names->strings[names->nr_strings++] = rg_copy_string(str);
	}
	return names->strings[at];
}

static const char *keep_symbol(struct rg_names *names, const char *symbol)
{
	char *demangled = rg_demangle(symbol);
	const char *kept = keep(names, demangled ? demangled : symbol);

	free(demangled);
	return kept;
}

static void add_name(struct place *place, const struct rg_name *name)
{
	place->list = rg_grow(place->list, place->nr + 1, sizeof(*place->list));
	place->list[place->nr++] = *name;
}

/* C++ functions have a linkage name, which says more than the plain one. */
static const char *function_name(struct rg_names *names, Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	const char *linkage = NULL;
	const char *plain = dwarf_diename(die);

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attr))
		linkage = dwarf_formstring(&attr);
	if (linkage)
		return keep_symbol(names, linkage);
	return keep(names, plain ? plain : "");
}

/* Sources are named as the compiler was given them: from where it ran. */
static const char *keep_file(struct rg_names *names, const char *dir,
			     const char *file)
{
	const char *kept;
	char *path;

	if (*file == '/' || !dir || *dir != '/')
		return keep(names, file);
	if (asprintf(&path, "%s/%s", dir, file) < 0)
		return keep(names, file);
	kept = keep(names, path);
	free(path);
	return kept;
}

static const char *directory_of(Dwarf_Die *unit)
{
	Dwarf_Attribute attr;

	return dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));
}

/* Where an inlined function was called from, for the function around it. */
static void step_out(struct rg_names *names, Dwarf_Die *unit,
		     Dwarf_Die *inlined, struct rg_name *name)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word number;
	size_t nr_files;
	const char *file = NULL;

	name->file = "";
	name->line = 0;
	if (!dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attr),
			     &number) &&
	    !dwarf_getsrcfiles(unit, &files, &nr_files) && number < nr_files)
		file = dwarf_filesrc(files, number, NULL, NULL);
	if (file)
		name->file = keep_file(names, directory_of(unit), file);
	if (!dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attr),
			     &number) &&
	    number <= INT32_MAX)
		name->line = (int)number;
}

static bool is_function(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

/*
 * Walk from the innermost scope at pc to the function it was compiled into;
 * name has the file and line of pc.
 */
static void add_scopes(struct rg_names *names, Dwarf_Die *unit, Dwarf_Addr pc,
		       struct rg_name name, struct place *place)
{
	Dwarf_Die *at = NULL;
	Dwarf_Die *scopes = NULL;
	int nr = dwarf_getscopes(unit, pc, &at);

	/* as it lies in the code, not in the inlined function's source */
	if (nr > 0)
		nr = dwarf_getscopes_die(&at[0], &scopes);
	for (int i = 0; i < nr; i++) {
		if (!is_function(&scopes[i]))
			continue;
		name.function = function_name(names, &scopes[i]);
		add_name(place, &name);
		if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram)
			break;
		step_out(names, unit, &scopes[i], &name);
	}
	free(scopes);
	free(at);
}

static void add_lines(struct rg_names *names, Dwfl_Module *module,
		      struct rg_name name, struct place *place)
{
	Dwarf_Addr bias;
	Dwarf_Die *unit = dwfl_module_addrdie(module, place->code, &bias);
	Dwfl_Line *line = dwfl_module_getsrc(module, place->code);
	const char *file = NULL;

	if (!unit)
		return;
	if (line)
		file = dwfl_lineinfo(line, NULL, &name.line, NULL, NULL, NULL);
	if (file)
		name.file = keep_file(names, directory_of(unit), file);
	add_scopes(names, unit, place->code - bias, name, place);
}

static void add_symbol(struct rg_names *names, Dwfl_Module *module,
		       struct rg_name name, struct place *place)
{
	GElf_Off offset;
	GElf_Sym sym;
	const char *symbol = dwfl_module_addrinfo(module, place->code, &offset,
						  &sym, NULL, NULL, NULL);

	/* a symbol that ends before the call is only a neighbour */
	if (!symbol || (sym.st_size && offset >= sym.st_size))
		return;
	name.function = keep_symbol(names, symbol);
	add_name(place, &name);
}

/* Objects may be met while names are asked for. */
static void make_room(struct rg_names *names)
{
	size_t nr = names->objects->nr;

	names->files = rg_grow(names->files, nr, sizeof(*names->files));
	memset(&names->files[names->nr_files], 0,
	       (nr - names->nr_files) * sizeof(*names->files));
	names->nr_files = nr;
}

static struct rg_object_file *file_of(struct rg_names *names, uint32_t object)
{
	struct rg_object_file *file;

	if (object >= names->nr_files)
		make_room(names);
	file = &names->files[object];
	if (file->state == RG_OBJECT_UNTRIED)
		rg_object_file_open(&names->objects->list[object], file);
	return file;
}

static void name_place(struct rg_names *names, const struct rg_frame *frame,
		       struct place *place)
{
	struct rg_name name = {
		.function = "",
		.module = "",
		.file = "",
		.offset = frame->offset,
	};
	const struct rg_object_file *file = NULL;

	if (frame->object != RG_NO_OBJECT) {
		name.module = names->objects->list[frame->object].path;
		file = file_of(names, frame->object);
	}
	if (file && file->state == RG_OBJECT_NAMED) {
		add_lines(names, file->module, name, place);
		if (!place->nr)
			add_symbol(names, file->module, name, place);
	}
	if (!place->nr)
		add_name(place, &name);
}

struct rg_name_list rg_names_find(struct rg_names *names,
				  const struct rg_frame *frame)
{
	size_t at = rg_table_intern(&names->by_frame, frame, sizeof(*frame),
				    names->nr);

	if (at == names->nr) {
		names->places = rg_grow_by_one(names->places, names->nr,
					       &names->capacity,
					       sizeof(*names->places));
		names->places[names->nr] = (struct place){
			.code = frame->offset - !frame->exact,
		};
		name_place(names, frame, &names->places[names->nr++]);
	}
	return (struct rg_name_list){ names->places[at].list,
				      names->places[at].nr };
}

enum rg_object_state rg_names_state(const struct rg_names *names,
				    uint32_t object)
{
	return object < names->nr_files ? names->files[object].state
					: RG_OBJECT_UNTRIED;
}

struct rg_names *rg_names_new(const struct rg_objects *objects)
{
	struct rg_names *names = rg_alloc(sizeof(*names));

	names->objects = objects;
	return names;
}

void rg_names_free(struct rg_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->nr_files; i++)
		rg_object_file_close(&names->files[i]);
	for (size_t i = 0; i < names->nr; i++)
		free(names->places[i].list);
	for (size_t i = 0; i < names->nr_strings; i++)
		free(names->strings[i]);
	rg_table_deinit(&names->by_frame);
	rg_table_deinit(&names->by_string);
	free(names->files);
	free(names->places);
	free(names->strings);
	free(names);
}
