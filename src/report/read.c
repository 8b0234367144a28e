/* SPDX-License-Identifier: MIT */

#include "report/read.h"

#include "report/alloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/*
 * The graph, in babeltrace2's words:
 *
 *   source.ctf.fs ==(a port for each stream)==> filter.utils.muxer --> sink
 *
 * The muxer merges by time; the sink is ours and calls the reader. For every
 * message a muxer looks at all its inputs in turn, so a great many processes
 * are merged in steps, by a tree of muxers.
 */
#define MUXER_INPUTS 32

struct reading {
	const struct rg_trace *trace;
	const struct rg_reader *reader;
	struct rg_report_error *err;
	bt_graph *graph;
	const bt_component_class_filter *muxer_class;
	unsigned nr_muxers;
	int ret; /* of decoding */
	bool stop;
};

static void decode_failed(struct reading *reading,
			  const struct rg_source *source, const char *field)
{
	struct rg_stream stream = { .kind = source->kind,
				    .slot = source->slot,
				    .segment = source->segment };
	char name[RG_CTF_NAME_MAX];

	rg_stream_name(&stream, name);
	reading->ret = rg_report_fail(
		reading->err, -EINVAL,
		"%s/%s: damaged, or from a newer remapguard (%s): the %s of an "
		"event is not known",
		reading->trace->dir.path, name, reading->trace->env.version,
		field);
}

static int take_call(struct reading *reading, const struct rg_source *source,
		     const bt_message *message)
{
	const struct rg_reader *reader = reading->reader;
	struct rg_event event;
	const char *field;

	if (!rg_event_decode(message, &event, &field))
		return reader->event(reader->ctx, source, &event);
	decode_failed(reading, source, field);
	return 1;
}

static int take_access(struct reading *reading, const struct rg_source *source,
		       const bt_message *message)
{
	const struct rg_reader *reader = reading->reader;
	struct rg_access access;
	const char *field;

	if (!rg_access_decode(message, &access, &field))
		return reader->access(reader->ctx, source, &access);
	decode_failed(reading, source, field);
	return 1;
}

static void take_message(struct reading *reading, const bt_message *message)
{
	struct rg_source source;

	if (reading->stop ||
	    bt_message_get_type(message) != BT_MESSAGE_TYPE_EVENT)
		return;
	rg_source_decode(bt_message_event_borrow_event_const(message), &source);
	if (source.kind == RG_CTF_STREAM_ACCESSES)
		reading->stop = take_access(reading, &source, message);
	else
		reading->stop = take_call(reading, &source, message);
}

static bt_graph_simple_sink_component_consume_func_status
consume(bt_message_iterator *iterator, void *data)
{
	struct reading *reading = data;
	bt_message_array_const messages;
	uint64_t nr;
	bt_message_iterator_next_status status =
		bt_message_iterator_next(iterator, &messages, &nr);

	if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
		return (bt_graph_simple_sink_component_consume_func_status)
			status;
	for (uint64_t i = 0; i < nr; i++) {
		take_message(reading, messages[i]);
		bt_message_put_ref(messages[i]);
	}
	return reading->stop
		       ? BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_END
		       : BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_OK;
}

static const bt_plugin *find_plugin(const char *name)
{
	const bt_plugin *plugin = NULL;

	if (bt_plugin_find(name, BT_TRUE, BT_FALSE, BT_TRUE, BT_TRUE, BT_FALSE,
			   &plugin) != BT_PLUGIN_FIND_STATUS_OK)
		return NULL;
	return plugin;
}

/* { "inputs": [ path ] } */
static bt_value *source_params(const char *path)
{
	bt_value *params = bt_value_map_create();
	bt_value *inputs = NULL;

	if (params &&
	    bt_value_map_insert_empty_array_entry(params, "inputs", &inputs) ==
		    BT_VALUE_MAP_INSERT_ENTRY_STATUS_OK &&
	    bt_value_array_append_string_element(inputs, path) ==
		    BT_VALUE_ARRAY_APPEND_ELEMENT_STATUS_OK)
		return params;
	bt_value_put_ref(params);
	return NULL;
}

static const bt_component_source *
add_source(bt_graph *graph, const bt_plugin *plugin, const char *path)
{
	const bt_component_class_source *class =
		bt_plugin_borrow_source_component_class_by_name_const(plugin,
								      "fs");
	const bt_component_source *source = NULL;
	bt_value *params = source_params(path);

	if (class && params)
		bt_graph_add_source_component(graph, class, "trace", params,
					      BT_LOGGING_LEVEL_NONE, &source);
	bt_value_put_ref(params);
	return source;
}

/*
 * Merge some ports into one. A muxer always has one free input port more than
 * are connected. Return: its output; NULL on failure.
 */
static const bt_port_output *add_muxer(struct reading *reading,
				       const bt_port_output *const *ports,
				       size_t nr)
{
	const bt_component_filter *muxer = NULL;
	char name[32];

	snprintf(name, sizeof(name), "merge-%u", reading->nr_muxers++);
	if (bt_graph_add_filter_component(reading->graph, reading->muxer_class,
					  name, NULL, BT_LOGGING_LEVEL_NONE,
					  &muxer) !=
	    BT_GRAPH_ADD_COMPONENT_STATUS_OK)
		return NULL;
	for (size_t i = 0; i < nr; i++) {
		const bt_port_input *in =
			bt_component_filter_borrow_input_port_by_index_const(
				muxer, i);

		if (bt_graph_connect_ports(reading->graph, ports[i], in,
					   NULL) !=
		    BT_GRAPH_CONNECT_PORTS_STATUS_OK)
			return NULL;
	}
	return bt_component_filter_borrow_output_port_by_index_const(muxer, 0);
}

/* One step of merging, in place. Return: how many ports are left; 0: failed. */
static size_t merge_once(struct reading *reading, const bt_port_output **ports,
			 size_t nr)
{
	size_t left = 0;

	for (size_t at = 0; at < nr; at += MUXER_INPUTS) {
		size_t some = nr - at < MUXER_INPUTS ? nr - at : MUXER_INPUTS;
		const bt_port_output *merged =
			add_muxer(reading, ports + at, some);

		if (!merged)
			return 0;
		ports[left++] = merged;
	}
	return left;
}

/* Return: the port that all events come out of; NULL on failure. */
static const bt_port_output *merge(struct reading *reading,
				   const bt_component_source *source)
{
	size_t nr = bt_component_source_get_output_port_count(source);
	const bt_port_output **ports = rg_alloc(nr * sizeof(*ports));
	const bt_port_output *merged;

	for (size_t i = 0; i < nr; i++)
		ports[i] =
			bt_component_source_borrow_output_port_by_index_const(
				source, i);
	do {
		nr = merge_once(reading, ports, nr);
	} while (nr > 1);
	merged = nr ? ports[0] : NULL;
	free(ports);
	return merged;
}

static bool connect_to_sink(struct reading *reading,
			    const bt_port_output *merged)
{
	const bt_component_sink *sink;

	if (bt_graph_add_simple_sink_component(reading->graph, "events", NULL,
					       consume, NULL, reading, &sink) !=
	    BT_GRAPH_ADD_COMPONENT_STATUS_OK)
		return false;
	return bt_graph_connect_ports(
		       reading->graph, merged,
		       bt_component_sink_borrow_input_port_by_index_const(sink,
									  0),
		       NULL) == BT_GRAPH_CONNECT_PORTS_STATUS_OK;
}

static bool run_with(struct reading *reading, const bt_plugin *ctf,
		     const bt_plugin *utils)
{
	const bt_component_source *source =
		add_source(reading->graph, ctf, reading->trace->dir.path);
	const bt_port_output *merged;

	reading->muxer_class =
		bt_plugin_borrow_filter_component_class_by_name_const(utils,
								      "muxer");
	if (!source || !reading->muxer_class)
		return false;
	merged = merge(reading, source);
	return merged && connect_to_sink(reading, merged) &&
	       bt_graph_run(reading->graph) == BT_GRAPH_RUN_STATUS_OK;
}

static bool run_graph(struct reading *reading)
{
	const bt_plugin *ctf = find_plugin("ctf");
	const bt_plugin *utils = find_plugin("utils");
	bool done = ctf && utils && run_with(reading, ctf, utils);

	bt_plugin_put_ref(utils);
	bt_plugin_put_ref(ctf);
	return done;
}

/* Turn what babeltrace2 says into our line; its first cause is the root. */
static int babeltrace_failed(struct reading *reading)
{
	const bt_error *error = bt_current_thread_take_error();
	const char *why = "no reason given";

	if (error && bt_error_get_cause_count(error))
		why = bt_error_cause_get_message(
			bt_error_borrow_cause_by_index(error, 0));
	if (!reading->ret)
		reading->ret = rg_report_fail(reading->err, -EIO,
					      "%s: babeltrace2: %s",
					      reading->trace->dir.path, why);
	if (error)
		bt_error_release(error);
	return reading->ret;
}

/* One file of each stream is open at a time, and the soft limit is 1024. */
static void raise_open_files(struct rlimit *ret_before)
{
	struct rlimit raised;

	getrlimit(RLIMIT_NOFILE, ret_before);
	raised = *ret_before;
	raised.rlim_cur = raised.rlim_max;
	setrlimit(RLIMIT_NOFILE, &raised);
}

int rg_trace_read(const struct rg_trace *trace, const struct rg_reader *reader,
		  struct rg_report_error *err)
{
	struct reading reading = { .trace = trace,
				   .reader = reader,
				   .err = err };
	struct rlimit before;

	/* babeltrace2 has nothing to say on a trace without streams */
	if (!trace->nr_events)
		return 0;
	bt_logging_set_global_level(BT_LOGGING_LEVEL_NONE);
	raise_open_files(&before);
	reading.graph = bt_graph_create(0);
	if (!reading.graph || !run_graph(&reading))
		babeltrace_failed(&reading);
	bt_graph_put_ref(reading.graph);
	setrlimit(RLIMIT_NOFILE, &before);
	return reading.ret;
}
