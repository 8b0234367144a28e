/* SPDX-License-Identifier: MIT */

#include "report/read.h"

#include "report/alloc.h"
#include "report/pending.h"
#include "report/turns.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/*
 * The graph, in babeltrace2's words:
 *
 *   source.ctf.fs ==(a port for each stream)==> sink
 *
 * The sink is ours: it merges the streams by time and calls the reader. (There
 * is filter.utils.muxer to do that, but for every message it looks at all of
 * its inputs, and it has all of them open from the start.) A stream is opened
 * when its first event may be next and closed behind its last one, so that
 * memory and descriptors go by how many processes there were at a time.
 */
struct reading {
	const struct rg_trace *trace;
	const struct rg_reader *reader;
	struct rg_report_error *err;
	bt_graph *graph;
	const bt_component_source *source;
	struct input *inputs; /* one for each port of the source */
	size_t nr_inputs;
	struct rg_turns turns;
	struct rg_read_event now;
	int ret; /* of decoding */
	bool stop;
};

/* What comes out of a port: a process's calls, or its stale accesses. */
struct input {
	bt_self_component_port_input *port;
	bt_message_iterator *messages; /* NULL: not opened yet */
	struct rg_source source;       /* of the packet at hand */
	struct rg_pending pending;
};

/* ------------------------------------------------------------- one event */

static int decode_failed(struct reading *reading, const struct input *input,
			 const char *field)
{
	struct rg_stream stream = { .kind = input->source.kind,
				    .slot = input->source.slot,
				    .segment = input->source.segment };
	char name[RG_CTF_NAME_MAX];

	rg_stream_name(&stream, name);
	reading->ret = rg_report_fail(
		reading->err, -EINVAL,
		"%s/%s: damaged, or from a newer remapguard (%s): the %s of an "
		"event is not known",
		reading->trace->dir.path, name, reading->trace->env.version,
		field);
	return reading->ret;
}

static int decode(struct reading *reading, const struct input *input,
		  const bt_message *message)
{
	struct rg_read_event *now = &reading->now;
	const char *field;
	int ret;

	now->source = input->source;
	if (now->source.kind == RG_CTF_STREAM_ACCESSES)
		ret = rg_access_decode(message, &now->access, &field);
	else
		ret = rg_event_decode(message, &now->call, &field);
	return ret ? decode_failed(reading, input, field) : 0;
}

static void hand_over(struct reading *reading)
{
	const struct rg_reader *reader = reading->reader;
	struct rg_read_event *now = &reading->now;

	if (now->source.kind == RG_CTF_STREAM_ACCESSES)
		reading->stop =
			reader->access(reader->ctx, &now->source, &now->access);
	else
		reading->stop =
			reader->event(reader->ctx, &now->source, &now->call);
}

/* --------------------------------------------------------------- turns */

/* The input whose turn it is; it goes on while nobody else comes first. */
static struct input *first_input(const struct reading *reading)
{
	return reading->turns.heap[0].stream;
}

static void take_event(struct reading *reading, struct input *input,
		       const bt_message *message)
{
	if (decode(reading, input, message)) {
		reading->stop = true;
		return;
	}
	if (rg_pending_is_empty(&input->pending) &&
	    rg_turns_stays_first(&reading->turns,
				 rg_read_event_time(&reading->now)))
		hand_over(reading);
	else
		rg_pending_put(&input->pending, &reading->now);
}

static void take_message(struct reading *reading, struct input *input,
			 const bt_message *message)
{
	bt_message_type type = bt_message_get_type(message);

	if (reading->stop)
		return;
	if (type == BT_MESSAGE_TYPE_EVENT)
		take_event(reading, input, message);
	else if (type == BT_MESSAGE_TYPE_PACKET_BEGINNING)
		rg_source_decode(
			bt_message_packet_beginning_borrow_packet_const(
				message),
			&input->source);
}

static void take_pending(struct reading *reading, struct input *input)
{
	struct rg_pending *pending = &input->pending;

	while (!reading->stop && !rg_pending_is_empty(pending) &&
	       rg_turns_stays_first(&reading->turns,
				    rg_pending_time(pending))) {
		rg_pending_take(pending, &reading->now);
		hand_over(reading);
	}
}

static bt_message_iterator_next_status take_batch(struct reading *reading,
						  struct input *input)
{
	bt_message_array_const messages;
	uint64_t nr;
	bt_message_iterator_next_status status =
		bt_message_iterator_next(input->messages, &messages, &nr);

	if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
		return status;
	for (uint64_t i = 0; i < nr; i++) {
		take_message(reading, input, messages[i]);
		bt_message_put_ref(messages[i]);
	}
	return status;
}

static void close_input(struct input *input)
{
	bt_message_iterator_put_ref(input->messages);
	input->messages = NULL;
	rg_pending_deinit(&input->pending);
}

/* Read on: the input has nothing left that waits. */
static bt_message_iterator_next_status read_on(struct reading *reading,
					       struct input *input)
{
	bt_message_iterator_next_status status = take_batch(reading, input);

	if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_END) {
		close_input(input);
		rg_turns_drop(&reading->turns);
		status = BT_MESSAGE_ITERATOR_NEXT_STATUS_OK;
	} else if (!rg_pending_is_empty(&input->pending)) {
		rg_turns_put_back(&reading->turns,
				  rg_pending_time(&input->pending));
	}
	return status;
}

/* ------------------------------------------------------------- the sink */

static bool open_input(bt_self_component_sink *sink, struct input *input)
{
	return input->messages ||
	       bt_message_iterator_create_from_sink_component(
		       sink, input->port, &input->messages) ==
		       BT_MESSAGE_ITERATOR_CREATE_FROM_SINK_COMPONENT_STATUS_OK;
}

static bt_component_class_sink_consume_method_status
consume(bt_self_component_sink *sink)
{
	struct reading *reading = bt_self_component_get_data(
		bt_self_component_sink_as_self_component(sink));
	bt_message_iterator_next_status status =
		BT_MESSAGE_ITERATOR_NEXT_STATUS_OK;
	struct input *input;

	if (reading->stop || !reading->turns.nr)
		return BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_END;
	input = first_input(reading);
	if (!open_input(sink, input))
		return BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_ERROR;
	take_pending(reading, input);
	if (!rg_pending_is_empty(&input->pending))
		rg_turns_put_back(&reading->turns,
				  rg_pending_time(&input->pending));
	else if (!reading->stop)
		status = read_on(reading, input);
	return (bt_component_class_sink_consume_method_status)status;
}

static bt_component_class_initialize_method_status
initialize(bt_self_component_sink *sink,
	   bt_self_component_sink_configuration *configuration,
	   const bt_value *params, void *data)
{
	struct reading *reading = data;
	char name[32];

	(void)configuration;
	(void)params;
	bt_self_component_set_data(
		bt_self_component_sink_as_self_component(sink), reading);
	for (size_t i = 0; i < reading->nr_inputs; i++) {
		snprintf(name, sizeof(name), "in-%zu", i);
		if (bt_self_component_sink_add_input_port(
			    sink, name, NULL, &reading->inputs[i].port) !=
		    BT_SELF_COMPONENT_ADD_PORT_STATUS_OK)
			return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_ERROR;
	}
	return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_OK;
}

/* Nothing is left to do, but babeltrace2 wants to be able to say so. */
static bt_component_class_sink_graph_is_configured_method_status
graph_is_configured(bt_self_component_sink *sink)
{
	(void)sink;
	return BT_COMPONENT_CLASS_SINK_GRAPH_IS_CONFIGURED_METHOD_STATUS_OK;
}

static const bt_component_sink *add_sink(struct reading *reading)
{
	bt_component_class_sink *class =
		bt_component_class_sink_create("events", consume);
	const bt_component_sink *sink = NULL;

	if (!class)
		return NULL;
	bt_component_class_sink_set_initialize_method(class, initialize);
	bt_component_class_sink_set_graph_is_configured_method(
		class, graph_is_configured);
	bt_graph_add_sink_component_with_initialize_method_data(
		reading->graph, class, "events", NULL, reading,
		BT_LOGGING_LEVEL_NONE, &sink);
	bt_component_class_sink_put_ref(class);
	return sink;
}

/* ----------------------------------------------------------- the source */

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

static const bt_port_output *port_of(const struct reading *reading, size_t at)
{
	return bt_component_source_borrow_output_port_by_index_const(
		reading->source, at);
}

/*
 * Which stream a port is for: it is named "TRACE | STREAM-CLASS | STREAM".
 * One that came into a running trace after we looked begins at 0, as far as
 * we know.
 */
static struct rg_turn first_turn(const struct reading *reading, size_t at)
{
	const char *name = bt_port_get_name(
		bt_port_output_as_port_const(port_of(reading, at)));
	const char *ids = strrchr(name, '|');
	struct rg_turn turn = { .stream = &reading->inputs[at] };
	uint32_t kind;
	uint32_t slot;

	while (ids && ids > name && ids[-1] != '|')
		ids--;
	if (!ids || sscanf(ids, "%" SCNu32 " | %" SCNu32, &kind, &slot) != 2)
		return turn;
	turn.rank = (uint64_t)slot << 8 | kind;
	turn.time = rg_trace_begin(reading->trace, slot, kind);
	return turn;
}

static bool connect(struct reading *reading, const bt_component_sink *sink)
{
	for (size_t i = 0; i < reading->nr_inputs; i++) {
		const bt_port_input *in =
			bt_component_sink_borrow_input_port_by_index_const(sink,
									   i);
		struct rg_turn turn = first_turn(reading, i);

		if (bt_graph_connect_ports(reading->graph, port_of(reading, i),
					   in, NULL) !=
		    BT_GRAPH_CONNECT_PORTS_STATUS_OK)
			return false;
		rg_turns_add(&reading->turns, &turn);
	}
	return true;
}

static bool run_with(struct reading *reading, const bt_plugin *ctf)
{
	const bt_component_sink *sink;

	reading->source =
		add_source(reading->graph, ctf, reading->trace->dir.path);
	if (!reading->source)
		return false;
	reading->nr_inputs =
		bt_component_source_get_output_port_count(reading->source);
	reading->inputs =
		rg_alloc(reading->nr_inputs * sizeof(*reading->inputs));
	sink = add_sink(reading);
	return sink && connect(reading, sink) &&
	       bt_graph_run(reading->graph) == BT_GRAPH_RUN_STATUS_OK;
}

static bool run_graph(struct reading *reading)
{
	const bt_plugin *ctf = find_plugin("ctf");
	bool done = ctf && run_with(reading, ctf);

	for (size_t i = 0; i < reading->nr_inputs; i++)
		close_input(&reading->inputs[i]);
	free(reading->inputs);
	rg_turns_deinit(&reading->turns);
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

/* A file is open of each stream that is being read, and the soft limit is 1024.
 */
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
