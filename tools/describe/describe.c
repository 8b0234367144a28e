/* SPDX-License-Identifier: MIT */

/*
 * describe: the commands, their options and the words these take, as JSON on
 * standard output, from the tables that --help prints and values are parsed
 * by. Shell completion and manual pages are made of it.
 */

#include "commands.h"
#include "policy/options.h"
#include "policy/rule.h"
#include "words.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *string_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

/* ----------------------------------------------------------------- words */

static json_t *values_of(const struct rg_words *words, int word)
{
	json_t *values = json_array();
	const char *value;

	for (int i = 0; (value = words->value(word, i)); i++)
		json_array_append_new(values, json_string(value));
	return values;
}

static json_t *list_of(const struct rg_words *words)
{
	json_t *list = json_array();
	bool described = words->about;
	const char *name;

	for (int i = 0; (name = words->word(i)); i++) {
		json_t *word = json_pack("{s:s}", "word", name);
		const char *about = described ? words->about(i) : NULL;

		/* what is said of the first words is said up to an end */
		described = about;
		json_object_set_new(word, "about", string_or_null(about));
		if (words->value)
			json_object_set_new(word, "values",
					    values_of(words, i));
		json_array_append_new(list, word);
	}
	return list;
}

static json_t *words_object(const struct rg_words *words)
{
	char between[2] = { words->between };

	return json_pack("{s:o,s:i,s:b,s:o}", "between",
			 string_or_null(*between ? between : NULL), "position",
			 words->position, "repeats", (int)words->repeats,
			 "list", list_of(words));
}

/* --------------------------------------------------------------- commands */

/* NULL: there are no words for it. */
static const struct rg_words *find_words(const struct rg_command *command,
					 int key)
{
	const struct rg_words *words = command->words;

	while (words && words->word) {
		if (words->key == key)
			return words;
		words++;
	}
	return NULL;
}

static json_t *option_object(const struct rg_command *command,
			     const struct argp_option *option)
{
	const struct rg_words *words = find_words(command, option->key);
	char letter[2] = { 0 };

	if (option->key > ' ' && option->key <= '~')
		*letter = (char)option->key;
	return json_pack("{s:s,s:o,s:o,s:b,s:s,s:o}", "name", option->name,
			 "letter", string_or_null(*letter ? letter : NULL),
			 "argument", string_or_null(option->arg), "optional",
			 option->flags & OPTION_ARG_OPTIONAL ? 1 : 0, "doc",
			 option->doc, "words",
			 words ? words_object(words) : json_null());
}

static void add_options(json_t *list, const struct rg_command *command,
			const struct argp *argp)
{
	const struct argp_option *option = argp->options;
	const struct argp_child *child = argp->children;

	for (; option && option->name; option++)
		json_array_append_new(list, option_object(command, option));
	for (; child && child->argp; child++)
		add_options(list, command, child->argp);
}

static json_t *command_object(const struct rg_command *command)
{
	const struct rg_words *words = find_words(command, 0);
	json_t *options = json_array();

	add_options(options, command, command->argp);
	add_options(options, command, &rg_common_argp);
	return json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "name", command->name, "args",
		command->args, "summary", command->summary, "arguments",
		command->argp->args_doc ? command->argp->args_doc : "", "doc",
		command->argp->doc, "words",
		words ? words_object(words) : json_null(), "options", options);
}

static json_t *commands_array(void)
{
	json_t *commands = json_array();

	for (size_t i = 0; rg_commands[i]; i++)
		json_array_append_new(commands, command_object(rg_commands[i]));
	return commands;
}

/* ----------------------------------------------- what the object is told */

static json_t *settings_array(void)
{
	json_t *settings = json_array();
	const char *key;

	for (int i = 0; (key = rg_option_key(i)); i++) {
		json_t *words = json_array();
		const char *word;

		for (int at = 0; (word = rg_option_word(i, at)); at++)
			json_array_append_new(words, json_string(word));
		json_array_append_new(settings,
				      json_pack("{s:s,s:b,s:o}", "key", key,
						"internal",
						(int)rg_option_is_internal(i),
						"words", words));
	}
	return settings;
}

static json_t *keys_array(const char *(*key)(int i))
{
	json_t *keys = json_array();

	for (int i = 0; key(i); i++)
		json_array_append_new(keys, json_string(key(i)));
	return keys;
}

static const char *action_at(int i)
{
	return rg_words_action(0, i);
}

static const char *limit_at(int i)
{
	return rg_limit_name((enum rg_limit)i);
}

static json_t *findings_array(void)
{
	json_t *findings = json_array();

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		const struct rg_finding_info *info =
			rg_finding_info((enum rg_finding)i);

		json_array_append_new(
			findings, json_pack("{s:s,s:s,s:s,s:s}", "id", info->id,
					    "name", info->name, "severity",
					    rg_severity_name(info->severity),
					    "sentence", info->sentence));
	}
	return findings;
}

int main(void)
{
	json_t *all = json_pack(
		"{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "version", RG_VERSION,
		"commands", commands_array(), "settings", settings_array(),
		"rule_keys", keys_array(rg_rule_key), "injection_keys",
		keys_array(rg_injection_key), "actions", keys_array(action_at),
		"limits", keys_array(limit_at), "findings", findings_array());
	int status = json_dumpf(all, stdout, JSON_INDENT(1));

	putchar('\n');
	json_decref(all);
	return status || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
