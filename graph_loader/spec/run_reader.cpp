#include "graph_loader/spec/run_reader.h"

#include "graph_loader/spec/compact.h"
#include "graph_loader/spec/habits.h"
#include "graph_loader/spec/quantity.h"

#include <re2/re2.h>

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace dynamo {
namespace {

std::optional<Text> read_regex(const Node& node, std::string_view what, Shape& shape) {
  auto text = shape.text(node, what);
  if (!text || !text->readable || text->has_references()) return text;
  RE2::Options quiet;
  quiet.set_log_errors(false);
  const RE2 expression(text->as_written(), quiet);
  if (expression.ok()) return text;
  report(shape.sink(), codes::wrong_kind, node.where,
         fmt::format("{} is not a regular expression: {}", what, expression.error()))
      .note("expressions are those of RE2")
      .help("a special character stands for itself after a backslash, and in YAML single quotes keep the backslash");
  return std::nullopt;
}

std::optional<std::vector<Text>> read_words(const Node& node, std::string_view what, Shape& shape) {
  if (node.kind == NodeKind::String) {
    auto diagnostic = shape.wrong_kind(node.where, what, "a list", "text");
    Shape::propose(diagnostic, node, argument_list(node.text),
                   is_one_word(node.text) ? Applicability::Machine : Applicability::Maybe);
    return std::nullopt;
  }
  const auto* items = shape.items(node, what);
  if (items == nullptr) return std::nullopt;
  if (items->empty()) {
    report(shape.sink(), codes::wrong_kind, node.where, fmt::format("{} must not be empty", what)).emit();
    return std::nullopt;
  }
  std::vector<Text> result;
  bool good = true;
  for (const Node* item : *items) {
    auto text = shape.text(*item, fmt::format("a word of {}", what));
    if (text) result.push_back(std::move(*text));
    good = good && text.has_value();
  }
  if (!good) return std::nullopt;
  return result;
}

std::optional<Name> read_probe_port(const Node& node, Shape& shape) {
  constexpr std::string_view what = "the port of a probe";
  if (node.kind != NodeKind::Int) return shape.name(node, what);
  shape.wrong_kind(node.where, what, "a name", describe(node))
      .help(fmt::format("give the port a name, `ports: {{NAME: {}}}`, and write that name here", node.text));
  return std::nullopt;
}

void read_http(const Entry& entry, ProbeDefinition& probe, bool& good, Shape& shape) {
  if (!entry.value->is_mapping()) {
    probe.path = shape.text(*entry.value, "the path of an `http` probe");
    good = probe.path.has_value();
    return;
  }
  bool has_path = false;
  for (const KnownEntry& one : shape.keys(*entry.value, grammar::http_probe)) {
    if (one.key->text == "path") {
      has_path = true;
      probe.path = shape.text(*one.value, "the path of an `http` probe");
      good = good && probe.path;
    } else if (one.key->text == "port") {
      probe.port = read_probe_port(*one.value, shape);
      good = good && probe.port;
    } else if (one.key->text == "status") {
      probe.status = shape.integer(one, "`status`");
      good = good && probe.status;
    } else {
      probe.pattern = read_regex(*one.value, "`body`", shape);
      good = good && probe.pattern;
    }
  }
  if (!has_path) {
    report(shape.sink(), codes::missing_key, entry.key->where, "an `http` probe needs a `path`")
        .help("write `http: /health`, or `http: {path: /health}`");
    good = false;
  }
}

void read_grpc(const Entry& entry, ProbeDefinition& probe, bool& good, Shape& shape) {
  if (!entry.value->is_mapping()) {
    probe.port = read_probe_port(*entry.value, shape);
    good = probe.port.has_value();
    return;
  }
  bool has_port = false;
  for (const KnownEntry& one : shape.keys(*entry.value, grammar::grpc_probe)) {
    if (one.key->text == "port") {
      has_port = true;
      probe.port = read_probe_port(*one.value, shape);
      good = good && probe.port;
    } else {
      probe.service = shape.text(*one.value, "the service of a `grpc` probe");
      good = good && probe.service;
    }
  }
  if (!has_port) {
    report(shape.sink(), codes::missing_key, entry.key->where, "a `grpc` probe needs a `port`")
        .help("write `grpc: generate`, or `grpc: {port: generate}`");
    good = false;
  }
}

/// One kind of probe; none if it could not be read (`key` of the result tells where it stands).
std::optional<ProbeDefinition> read_probe(const Entry& entry, Shape& shape) {
  ProbeDefinition probe;
  probe.kind = *from_word<ProbeKind>(entry.key->text);
  probe.key = entry.key->where;
  bool good = true;
  switch (probe.kind) {
    case ProbeKind::Http: read_http(entry, probe, good, shape); break;
    case ProbeKind::Tcp:
      probe.port = read_probe_port(*entry.value, shape);
      good = probe.port.has_value();
      break;
    case ProbeKind::Grpc: read_grpc(entry, probe, good, shape); break;
    case ProbeKind::Exec: {
      auto words = read_words(*entry.value, "`exec`", shape);
      good = words.has_value();
      if (words) probe.command = std::move(*words);
      break;
    }
    case ProbeKind::Log:
      probe.pattern = read_regex(*entry.value, "`log`", shape);
      good = probe.pattern.has_value();
      break;
    case ProbeKind::Notify: {
      const auto value = shape.boolean(*entry.value, "`notify`");
      good = value.value_or(false);
      if (value && !*value) {
        report(shape.sink(), codes::not_an_allowed_word, entry.value->where, "`notify` can only be `true`")
            .help("leave `notify` out");
      }
      break;
    }
  }
  // What else it says is checked all the same.
  if (!good && !probe.port) return std::nullopt;
  return probe;
}

std::optional<Field> read_duration(const Node& node, std::string_view what, Shape& shape) {
  if (node.kind == NodeKind::Null) {
    report(shape.sink(), codes::not_a_duration, node.where, fmt::format("{} needs a duration", what)).emit();
    return std::nullopt;
  }
  auto field = shape.field(node, what);
  if (field && !shape.check_duration(*field, what)) return std::nullopt;
  return field;
}

/// A duration of `restart`, which cannot hold references.
std::optional<std::string> read_plain_duration(const Node& node, std::string_view what, Shape& shape) {
  if (const auto place = node.is_scalar() ? find_reference(node) : std::nullopt) {
    report(shape.sink(), codes::interpolation_not_allowed, *place, fmt::format("{} cannot hold a reference", what))
        .emit();
    return std::nullopt;
  }
  const auto field = read_duration(node, what, shape);
  if (!field) return std::nullopt;
  return field->text.as_written();
}

/// `tunes`: the probe may be that of the component.
std::shared_ptr<const ReadyDefinition> read_ready(const Entry& entry, bool live, bool tunes, Shape& shape) {
  const std::string what = live ? "`live`" : "`ready`";
  if (!entry.value->is_mapping()) {
    shape.wrong_kind(entry.value->where, what, "a mapping", describe(*entry.value)).emit();
    return nullptr;
  }
  ReadyDefinition result;
  result.nodes = {entry.value};
  result.key = entry.key->where;
  // A kind of probe that `live` does not have was meant as one.
  const bool meant = live && (entry.value->find("log") != nullptr || entry.value->find("notify") != nullptr);
  bool has_probe = false;
  for (const KnownEntry& one : shape.keys(*entry.value, live ? grammar::live : grammar::ready)) {
    const std::string_view key = one.key->text;
    if (key == "timeout") {
      result.timeout = read_duration(*one.value, "`timeout`", shape);
    } else if (key == "interval") {
      result.interval = read_duration(*one.value, "`interval`", shape);
    } else if (key == "failures") {
      result.failures = shape.integer(one, "`failures`");
    } else if (has_probe) {
      report(shape.sink(), codes::exclusive_keys, one.key->where, fmt::format("{} has a probe already", what))
          .note("a probe is of one kind")
          .help("keep one of them; an `exec` probe can check several things");
    } else {
      has_probe = true;
      result.probe = read_probe(one, shape);
    }
  }
  if (live && !has_probe && !meant && !tunes) {
    report_no_probe(entry.key->where, shape.sink());
    return nullptr;
  }
  return std::make_shared<const ReadyDefinition>(std::move(result));
}

std::optional<GpusDefinition> read_gpus(const Node& node, Shape& shape) {
  GpusDefinition result;
  result.where = node.where;
  if (node.is_sequence()) {
    result.is_list = true;
    std::unordered_set<std::string> seen;
    for (const Node* item : node.items) {
      auto id = shape.field(*item, "a GPU id");
      if (!id || !shape.check_integer(*id, "a GPU id", 0, grammar::no_limit)) continue;
      const std::string written = id->text.as_written();
      if (!seen.insert(written).second && !id->text.has_references()) {
        report(shape.sink(), codes::gpu_id, id->where, fmt::format("GPU {} is listed twice", written)).emit();
        continue;
      }
      result.values.push_back(std::move(*id));
    }
    return result;
  }
  auto count = shape.field(node, "`gpus`");
  if (!count || !shape.check_integer(*count, "`gpus`", 0, grammar::no_limit)) return std::nullopt;
  result.values.push_back(std::move(*count));
  return result;
}

void read_ulimits(const Entry& entry, std::vector<UlimitDefinition>& ulimits, Shape& shape) {
  for (const KnownEntry& one : shape.keys(entry, grammar::ulimits)) {
    auto value = shape.field(*one.value, fmt::format("`{}`", one.key->text));
    if (!value || !shape.check_ulimit(*value, *from_word<LimitKind>(one.key->text))) continue;
    ulimits.push_back({{std::string(one.key->text), one.key->where}, std::move(*value)});
  }
}

void read_resources(const Entry& entry, ResourcesDefinition& resources, Shape& shape) {
  for (const KnownEntry& one : shape.keys(entry, grammar::resources)) {
    if (one.key->text == "gpus") {
      resources.gpus = read_gpus(*one.value, shape);
    } else if (one.key->text == "cpus") {
      resources.cpus = shape.field(*one.value, "`cpus`");
      if (resources.cpus && !shape.check_cpus(*resources.cpus)) resources.cpus.reset();
    } else if (one.key->text == "ulimits") {
      read_ulimits(one, resources.ulimits, shape);
    } else {
      resources.memory = shape.field(*one.value, "`memory`");
      if (resources.memory && !shape.check_memory(*resources.memory)) resources.memory.reset();
    }
  }
}

std::optional<Field> read_port(const Node& node, std::string_view what, Shape& shape) {
  auto field = shape.field(node, what);
  if (field && !shape.check_port(*field, what)) return std::nullopt;
  return field;
}

void read_restart(const Entry& entry, RestartDefinition& restart, Shape& shape) {
  if (entry.value->kind == NodeKind::String) {
    restart.policy = shape.choice<RestartMode>(*entry.value, "`restart`");
    return;
  }
  for (const KnownEntry& one : shape.keys(entry, grammar::restart)) {
    const std::string_view key = one.key->text;
    if (key == "policy") {
      restart.policy = shape.choice<RestartMode>(one, "`policy`");
    } else if (key == "max") {
      restart.max = shape.integer(one, "`max`");
    } else {
      auto& field = key == "window" ? restart.window : key == "backoff" ? restart.backoff : restart.backoff_max;
      field = read_plain_duration(*one.value, fmt::format("`{}`", key), shape);
    }
  }
}

void read_stop(const Entry& entry, StopDefinition& stop, Shape& shape) {
  for (const KnownEntry& one : shape.keys(entry, grammar::stop)) {
    if (one.key->text == "signal") {
      stop.signal = shape.choice<StopSignal>(one, "`signal`");
    } else {
      stop.grace = read_duration(*one.value, "`grace`", shape);
    }
  }
}

EndpointDefinition read_endpoint(const Entry& entry, Shape& shape, bool of_binding) {
  EndpointDefinition endpoint;
  endpoint.name = {std::string(entry.key->text), entry.key->where};
  if (entry.value->kind == NodeKind::Null) return endpoint;
  if (!entry.value->is_mapping()) {
    if (of_binding || entry.value->kind == NodeKind::Int) {
      auto diagnostic = shape.wrong_kind(entry.value->where, of_binding ? "the endpoint of a binding" : "an endpoint",
                                         of_binding ? "a mapping" : "a mapping or a signature", describe(*entry.value));
      if (entry.value->kind == NodeKind::Int) {
        Shape::propose(diagnostic, *entry.value, fmt::format("{{port: {}}}", entry.value->text));
      }
    } else {
      endpoint.signature = read_signature(*entry.value, shape);
    }
    return endpoint;
  }
  const grammar::Mapping& mapping = of_binding ? grammar::binding_endpoint : grammar::endpoint;
  std::vector<Entry> entries;
  for (const Entry& one : entry.value->entries) {
    const std::string_view key = one.key->text;
    if (mapping.is_fixed(key)) {
      report(shape.sink(), codes::binding_redefines, one.key->where,
             fmt::format("a binding cannot set `{}` of an endpoint", key))
          .note("a binding tunes a component; what the component is stays as it was defined")
          .help("define a component that `extends` it, and bind that");
      continue;
    }
    entries.push_back(one);
  }
  Node filtered = *entry.value;
  filtered.entries = entries;
  for (const KnownEntry& one : shape.keys(filtered, mapping)) {
    const std::string_view key = one.key->text;
    if (key == "sig") {
      endpoint.signature = read_signature(*one.value, shape);
    } else if (key == "protocol") {
      if (const auto protocol = shape.choice<Protocol>(one, "`protocol`")) {
        endpoint.protocol = Located<Protocol>{*protocol, one.value->where};
      }
    } else if (key == "port") {
      endpoint.port = read_port(*one.value, "`port`", shape);
      endpoint.port_key = one.key->where;
    } else if (key == "path") {
      endpoint.path = shape.string(*one.value, "`path`");
    } else {
      if (const auto listen = shape.choice<Listen>(one, "`listen`")) {
        endpoint.listen = Located<Listen>{*listen, one.value->where};
      }
      endpoint.listen_key = one.key->where;
    }
  }
  return endpoint;
}

}  // namespace

std::vector<VariableDefinition> read_env(const Entry& entry, Shape& shape) {
  std::vector<VariableDefinition> result;
  if (!entry.value->is_mapping()) {
    if (entry.value->kind == NodeKind::Null) return result;
    auto diagnostic = shape.wrong_kind(entry.value->where, "`env`", "a mapping", describe(*entry.value));
    if (auto fix = variables_as_mapping(*entry.value)) {
      diagnostic.help("write `NAME: value` for each variable").fix(std::move(*fix));
    } else {
      Shape::propose(diagnostic, *entry.value, named_values_as_mapping(*entry.value));
    }
    return result;
  }
  for (const Entry& one : entry.value->entries) {
    if (!is_variable(one.key->text)) {
      report(shape.sink(), codes::bad_name, one.key->where,
             fmt::format("`{}` cannot be the name of a variable", one.key->text))
          .note("a variable is named by letters, digits and `_`, and does not begin with a digit");
      continue;
    }
    const Node& value = *one.value;
    if (value.kind != NodeKind::String && value.kind != NodeKind::Int && value.kind != NodeKind::Float) {
      auto diagnostic = report(shape.sink(), codes::env_not_text, value.where,
                               must_be(fmt::format("the value of `{}`", one.key->text), "text", describe(value)));
      if (value.kind == NodeKind::Bool || value.kind == NodeKind::Null) {
        const std::string quoted = value.kind == NodeKind::Bool ? fmt::format("\"{}\"", value.text) : "\"\"";
        diagnostic.help(fmt::format("write `{}`", quoted));
        // An empty value may as well be one that was forgotten.
        if (value.kind == NodeKind::Bool) {
          diagnostic.note("programs read variables as text, and spell true and false in many ways");
          diagnostic.fix({"put it in quotes", Applicability::Machine, {{value.where, quoted}}});
        }
      }
      continue;
    }
    Text text = read_text(value, shape.sink());
    if (text.readable) result.push_back({{std::string(one.key->text), one.key->where}, std::move(text)});
  }
  return result;
}

void report_no_probe(Span live, DiagnosticSink& sink) {
  report(sink, codes::missing_key, live, "`live` needs a probe").help("add `http`, `tcp`, `grpc` or `exec`");
}

bool read_run_key(const Entry& entry, RunDefinition& run, bool tunes, Shape& shape) {
  const std::string_view key = entry.key->text;
  if (key == "env") {
    run.env = read_env(entry, shape);
  } else if (key == "resources") {
    read_resources(entry, run.resources.edit(), shape);
  } else if (key == "replicas") {
    run.replicas = shape.field(*entry.value, "`replicas`");
    if (run.replicas && !shape.check_replicas(*run.replicas)) run.replicas.reset();
  } else if (key == "ports") {
    for (const Entry& one : shape.names(entry, "`ports`")) {
      auto port = read_port(*one.value, fmt::format("port `{}`", one.key->text), shape);
      if (port) run.ports.push_back({{std::string(one.key->text), one.key->where}, std::move(*port)});
    }
  } else if (key == "ready") {
    run.ready = read_ready(entry, false, tunes, shape);
  } else if (key == "live") {
    run.live = read_ready(entry, true, tunes, shape);
  } else if (key == "restart") {
    read_restart(entry, run.restart.edit(), shape);
  } else if (key == "stop") {
    read_stop(entry, run.stop.edit(), shape);
  } else {
    return false;
  }
  return true;
}

std::vector<EndpointDefinition> read_endpoints(const Entry& entry, Shape& shape, bool of_binding) {
  std::vector<EndpointDefinition> result;
  if (entry.value->is_sequence() && !of_binding) {
    std::vector<Name> names;
    for (const Node* item : entry.value->items) {
      const auto name = shape.string(*item, "an endpoint");
      if (!name) continue;
      if (!is_name(name->value)) {
        report(shape.sink(), codes::bad_name, item->where, fmt::format("`{}` cannot be a name", name->value))
            .note("a name is a letter and up to 62 letters, digits, `_` and `-`");
        continue;
      }
      names.push_back({name->value, item->where});
    }
    report_repeated(names, "endpoint", shape);
    for (Name& name : names) {
      EndpointDefinition endpoint;
      endpoint.name = std::move(name);
      result.push_back(std::move(endpoint));
    }
    return result;
  }
  if (!entry.value->is_mapping() && entry.value->kind != NodeKind::Null) {
    if (of_binding) {
      shape.wrong_kind(entry.value->where, "`endpoints`", "a mapping", describe(*entry.value)).emit();
    } else {
      shape.not_a_list(*entry.value, "`endpoints`", "a list of names or a mapping");
    }
    return result;
  }
  for (const Entry& one : shape.names(entry, "`endpoints`")) result.push_back(read_endpoint(one, shape, of_binding));
  return result;
}

std::vector<ParamValue> read_param_values(const Entry& entry, Shape& shape) {
  std::vector<ParamValue> result;
  for (const Entry& one : shape.names(entry, "`params`")) {
    ParamValue value;
    value.name = {std::string(one.key->text), one.key->where};
    value.node = one.value;
    if (one.value->is_scalar()) {
      value.text = read_text(*one.value, shape.sink());
    } else {
      value.text.where = one.value->where;
    }
    result.push_back(std::move(value));
  }
  return result;
}

namespace {

/// Takes the later of two neighbours out of a list, with what stands between them.
std::optional<Fix> without_item(Span previous, Span item) {
  if (previous.file != item.file || previous.end > item.begin) return std::nullopt;
  std::string separator(Span{item.file, previous.end, item.begin}.text());
  std::erase_if(separator, [](char c) { return c == ' ' || c == '\n' || c == '\r'; });
  if (separator != "," && separator != "-") return std::nullopt;  // a comment, or an item that was not readable
  return Fix{fmt::format("take out the second `{}`", item.text()),
             Applicability::Machine,
             {{{item.file, previous.end, item.end}, ""}}};
}

}  // namespace

void report_repeated(const std::vector<Name>& names, std::string_view what, Shape& shape) {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t later = 0; later < names.size(); ++later) {
    const auto [place, fresh] = first.emplace(names[later].text, later);
    if (fresh) continue;
    const Span earlier = names[place->second].where;
    const bool same = earlier.text() == names[later].where.text();
    auto diagnostic = report(shape.sink(), codes::defined_twice, names[later].where,
                             same ? fmt::format("{} `{}` is listed twice", what, names[later].text)
                                  : fmt::format("two {}s get the name `{}`", what, names[later].text));
    diagnostic.also(earlier, same ? "first listed here" : "the other one");
    if (!same) {
      diagnostic.help("give them names: `{NAME: COMPONENT}`");
    } else if (auto fix = without_item(names[later - 1].where, names[later].where)) {
      diagnostic.fix(std::move(*fix));
    }
  }
}

}  // namespace dynamo
