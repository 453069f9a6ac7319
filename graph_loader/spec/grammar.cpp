#include "graph_loader/spec/grammar.h"

#include "graph_loader/spec/spec.h"
#include "proto/plan.h"

#include <algorithm>
#include <array>

namespace dynamo::grammar {
namespace {

using Kind = Value::Kind;

// ---- words for the tables below --------------------------------------------------------------------------

constexpr Value leaf(Leaf what) { return {.kind = Kind::Leaf, .leaf = what}; }
constexpr Value with_references(Value value) {
  value.references = true;
  return value;
}
constexpr Value word_of(std::span<const std::string_view> words) {
  return {.kind = Kind::Leaf, .leaf = Leaf::Word, .words = words};
}
constexpr Value integer(long long min, long long max) {
  return {.kind = Kind::Leaf, .leaf = Leaf::Integer, .min = min, .max = max};
}
constexpr Value list_of(const Value& item, std::size_t least = 0) {
  return {.kind = Kind::List, .item = &item, .least = least};
}
/// User's names with a value each; an empty value is an empty table.
constexpr Value table_of(const Value& item, KeyForm form = KeyForm::Name) {
  return {.kind = Kind::Table, .item = &item, .key_form = form, .may_be_empty = true};
}
constexpr Value closed(const Mapping& mapping) {
  return {.kind = Kind::Mapping, .mapping = &mapping, .may_be_empty = true};
}
constexpr Value filled(const Mapping& mapping) { return {.kind = Kind::Mapping, .mapping = &mapping}; }
constexpr Value one_of(std::span<const Value> choices) { return {.kind = Kind::OneOf, .choices = choices}; }
/// A value that may be left empty: a Table or Mapping of nothing, an endpoint without a word.
constexpr Value or_empty(Value value) {
  value.may_be_empty = true;
  return value;
}

template <std::size_t A, std::size_t B>
constexpr std::array<Key, A + B> join(const std::array<Key, A>& first, const std::array<Key, B>& second) {
  std::array<Key, A + B> result{};
  std::copy(first.begin(), first.end(), result.begin());
  std::copy(second.begin(), second.end(), result.begin() + A);
  return result;
}

// ---- leaves that several mappings share ------------------------------------------------------------------

constexpr Value doc = with_references(leaf(Leaf::Doc));
constexpr Value text = with_references(leaf(Leaf::Text));
constexpr Value plain_text = leaf(Leaf::PlainText);
constexpr Value name = leaf(Leaf::Name);
constexpr Value boolean = leaf(Leaf::Boolean);
constexpr Value duration = with_references(leaf(Leaf::Duration));
constexpr Value plain_duration = leaf(Leaf::Duration);
constexpr Value regex = with_references(leaf(Leaf::Regex));
constexpr Value port = with_references(Value{.kind = Kind::Leaf, .leaf = Leaf::Port, .min = 1, .max = 65535});
constexpr Value port_name = leaf(Leaf::PortName);
constexpr Value signature = leaf(Leaf::Signature);
constexpr Value protocol = word_of(Words<Protocol>::list);
constexpr Value param_type = with_references(leaf(Leaf::ParamType));
constexpr Value param_value = with_references(leaf(Leaf::ParamValue));
constexpr Value variable = with_references(leaf(Leaf::Variable));
constexpr Value interface_name = leaf(Leaf::Interface);
constexpr Value component_name = leaf(Leaf::Component);
constexpr Value slot = leaf(Leaf::Slot);
constexpr Value command_line = list_of(text, 1);
constexpr Value names = list_of(name);
constexpr Value interface_names = list_of(interface_name);
constexpr Value param_types = table_of(param_type);
constexpr Value param_values = table_of(param_value);
constexpr Value environment = table_of(variable, KeyForm::Variable);

// ---- what a component runs with, and what a binding may tune ---------------------------------------------

constexpr Value gpu = with_references(integer(0, no_limit));
constexpr std::array gpus = {gpu, list_of(gpu)};
constexpr Value count_limit = with_references(leaf(Leaf::CountLimit));
constexpr Value byte_limit = with_references(leaf(Leaf::ByteLimit));
constexpr auto ulimits_keys = std::to_array<Key>({
    {"as", byte_limit, "address space (RLIMIT_AS); programs that use GPUs reserve far more than they use"},
    {"core", byte_limit, "largest core dump (RLIMIT_CORE): `0` writes none"},
    {"data", byte_limit, "heap and other private memory that can be written (RLIMIT_DATA)"},
    {"fsize", byte_limit, "largest file that it may write (RLIMIT_FSIZE)"},
    {"memlock", byte_limit, "memory locked in RAM (RLIMIT_MEMLOCK); RDMA often wants `unlimited`"},
    {"nofile", count_limit, "open files and sockets (RLIMIT_NOFILE)"},
    {"nproc", count_limit, "processes and threads of its user (RLIMIT_NPROC); root is not bound by it"},
    {"rtprio", count_limit, "highest real-time priority (RLIMIT_RTPRIO)"},
    {"stack", byte_limit, "stack of the main thread (RLIMIT_STACK)"},
});
constexpr auto resources_keys = std::to_array<Key>({
    {"gpus", one_of(gpus), "how many GPUs each replica gets, or the ids of those it uses"},
    {"cpus", with_references(leaf(Leaf::Cpus)), "CPU cores of each replica: `4` or `0.5`"},
    {"memory", with_references(leaf(Leaf::Memory)), "memory of each replica: `512Mi`, `32Gi`"},
    {"ulimits", closed(ulimits), "limits of the kernel for each of its processes, as `ulimit` sets them"},
});

constexpr auto http_keys = std::to_array<Key>({
    {"path", text, "what is asked for: `/health`"},
    {"port", port_name, "the endpoint or port that is asked; the first `http` endpoint if it is not said"},
    {"status", integer(100, 599), "the status that counts as good; any 2xx if it is not said"},
    {"body", regex, "an RE2 expression that the answer must match somewhere"},
});
constexpr std::array http = {text, filled(http_probe)};
constexpr Key http_key = {"http", one_of(http), "good when a request to this path is answered with 2xx"};
constexpr Key tcp_key = {"tcp", port_name, "good when this endpoint or port accepts a connection"};
constexpr auto grpc_keys = std::to_array<Key>({
    {"port", port_name, "the endpoint or port that is asked"},
    {"service", text, "whose health is asked for; that of the whole server if it is not said"},
});
constexpr std::array grpc = {port_name, filled(grpc_probe)};
constexpr Key grpc_key = {"grpc", one_of(grpc), "good when grpc.health.v1 on this endpoint or port says SERVING"};
constexpr Key exec_key = {"exec", command_line, "good when this program ends with status 0"};
constexpr auto ready_keys = std::to_array<Key>({
    http_key,
    tcp_key,
    grpc_key,
    exec_key,
    {"log", regex, "good when a line of the output matches this RE2 expression"},
    {"notify", leaf(Leaf::True), "good when the program sends READY=1 to NOTIFY_SOCKET (sd_notify)"},
    {"timeout", duration, "how long a replica may take from its start until it is ready (10m)"},
    {"interval", duration, "the pause between two attempts (1s)"},
});
constexpr auto live_keys = std::to_array<Key>({
    http_key,
    tcp_key,
    grpc_key,
    exec_key,
    {"interval", duration, "the pause between two checks (1s)"},
    {"failures", integer(1, no_limit), "how many checks in a row may fail before the replica is restarted (3)"},
});
constexpr auto restart_keys = std::to_array<Key>({
    {"policy", word_of(Words<RestartMode>::list), "when a replica that ended is started again (on-failure)"},
    {"max", integer(0, no_limit), "restarts within `window` before the replica has failed for good (5)"},
    {"window", plain_duration, "the time in which `max` restarts are counted (10m)"},
    {"backoff", plain_duration, "the wait before the first restart; it doubles each time (1s)"},
    {"backoff_max", plain_duration, "the longest wait before a restart (60s)"},
});
constexpr auto stop_keys = std::to_array<Key>({
    {"signal", word_of(Words<StopSignal>::list), "the signal that asks a replica to end (SIGTERM)"},
    {"grace", duration, "how long it may take before it is killed (10s)"},
});
constexpr std::array restart_forms = {word_of(Words<RestartMode>::list), closed(restart)};

constexpr Key ports_key = {"ports", table_of(port), "ports beside those of the endpoints: a number, or `auto`"};
constexpr std::array run_keys_before_live = std::to_array<Key>({
    {"replicas", with_references(leaf(Leaf::Replicas)), "how many processes run: `2`, or a range such as `1..4`"},
    {"resources", closed(resources), "what each replica gets: GPUs, CPU cores, memory, limits"},
    {"env", environment, "variables of the environment"},
    {"ready", filled(ready), "when a replica counts as ready, so that what waits for it may start"},
});
constexpr std::array run_keys_after_live = std::to_array<Key>({
    {"restart", one_of(restart_forms), "what happens when a replica ends"},
    {"stop", closed(stop), "how a replica is asked to end"},
});
constexpr std::string_view live_doc = "a check that goes on while it runs; a replica that fails it is restarted";
constexpr std::array live_key = {Key{"live", filled(live), live_doc}};
constexpr std::array tuned_live_key = {Key{"live", filled(tuned_live), live_doc}};
constexpr auto run_keys = join(join(run_keys_before_live, live_key), run_keys_after_live);
constexpr auto tuned_run_keys = join(join(run_keys_before_live, tuned_live_key), run_keys_after_live);

// ---- the rest, from the top ------------------------------------------------------------------------------

constexpr auto versions = std::to_array<std::string_view>({"dynamo/v1"});
constexpr Value version = {.kind = Kind::Leaf, .leaf = Leaf::Version, .words = versions};
constexpr auto sidecar_places = std::to_array<std::string_view>({"serve", "deploy"});
/// A sidecar has no level.
constexpr auto sidecar_phases = std::span(Words<Phase>::list).subspan(1);
constexpr auto import_keys = std::to_array<Key>({
    {"file", leaf(Leaf::Path), "the file, relative to the one that imports it"},
    {"as", name, "a prefix for its own names: with `as: acme` they are `acme.NAME`"},
});
constexpr std::array import_forms = {leaf(Leaf::Path), filled(import)};
constexpr Value import_form = one_of(import_forms);

constexpr Value interface_value = closed(interface);
constexpr Value component_value = closed(component);
constexpr Value spec_value = closed(spec);
constexpr Value graph_value = filled(graph);
constexpr Key version_key = {"apiVersion", version, "the version of the language"};
constexpr Key imports_key = {"imports", or_empty(list_of(import_form)), "files whose names can be used here"};
constexpr auto definition_keys = std::to_array<Key>({
    {"interfaces", table_of(interface_value), "what components promise: sets of endpoints"},
    {"components", table_of(component_value), "programs: what they implement, need and how they run"},
    {"specs", table_of(spec_value), "typed slots with defaults, like classes"},
    {"graphs", table_of(graph_value), "what `dynamo serve FILE:NAME` runs: a spec with its slots bound"},
});
constexpr auto file_keys = join(std::array{version_key, imports_key}, definition_keys);
constexpr auto overlay_keys = join(std::array{version_key}, definition_keys);

constexpr auto interface_endpoint_keys = std::to_array<Key>({
    {"sig", signature, "what goes in and out: `Request -> stream Reply`"},
    {"protocol", protocol, "how it is spoken to (http)"},
});
constexpr std::array interface_endpoint_forms = {or_empty(signature), closed(interface_endpoint)};
constexpr Value interface_endpoint_form = one_of(interface_endpoint_forms);
constexpr std::array interface_endpoints_forms = {names, table_of(interface_endpoint_form)};
constexpr auto interface_keys = std::to_array<Key>({
    {"doc", doc, "a sentence for people"},
    {"extends", interface_names, "interfaces whose endpoints it has too"},
    {"endpoints", one_of(interface_endpoints_forms), "the endpoints that a component must have"},
});

constexpr Key port_key = {"port", port, "a fixed port, or `auto` for a free one"};
constexpr Key path_key = {"path", plain_text, "what is appended to the URL that clients get"};
constexpr Key listen_key = {"listen", word_of(Words<Listen>::list),
                            "`fd`: the socket is opened before the program and inherited by every replica"};
constexpr auto endpoint_keys = std::to_array<Key>({
    {"sig", signature, "what goes in and out: `Request -> stream Reply`"},
    {"protocol", protocol, "how it is spoken to: `http` if nothing else is said"},
    port_key,
    path_key,
    listen_key,
});
constexpr auto binding_endpoint_keys = std::to_array<Key>({port_key, path_key, listen_key});
constexpr std::array endpoint_forms = {or_empty(signature), closed(endpoint)};
constexpr Value endpoint_form = one_of(endpoint_forms);
constexpr std::array endpoints_forms = {names, table_of(endpoint_form)};
constexpr Value binding_endpoint_form = closed(binding_endpoint);

constexpr Value client_type = leaf(Leaf::ClientType);
constexpr auto client_keys = std::to_array<Key>({
    {"type", client_type, "what it must be: `Backend`, `optional Router`, `many Backend`"},
    {"wait", boolean, "`false`: it may start before its provider is ready"},
    {"on_restart", word_of(Words<OnRestart>::list),
     "`restart`: a provider that was started again starts it again, too (`notify`)"},
});
constexpr std::array client_forms = {client_type, filled(client)};
constexpr Value client_form = one_of(client_forms);

constexpr auto identity_keys = std::to_array<Key>({
    {"doc", doc, "a sentence for people"},
    {"extends", component_name, "the component it inherits from; what it says itself wins"},
    {"runtime", word_of(Words<RuntimeKind>::list), "`dynamo`: a process of the NVIDIA Dynamo runtime"},
    {"implements", interface_names, "the interfaces it fulfils"},
    {"command", command_line, "the program and its arguments; never a shell"},
    {"cwd", text, "the folder it runs in; that of the file if it is not said"},
    {"endpoints", one_of(endpoints_forms), "where it can be reached"},
    ports_key,
    {"params", param_types, "typed settings: `tp: int = 1`, used as ${params.tp}"},
    {"clients", table_of(client_form), "what it needs; the addresses are injected into its environment"},
});
constexpr auto component_keys = join(identity_keys, run_keys);

constexpr auto tune_keys = std::to_array<Key>({
    {"use", component_name, "the component that fills the slot; without it the one that is there is tuned"},
    {"endpoints", table_of(binding_endpoint_form), "port, path and socket of endpoints that the component has"},
    ports_key,
    {"params", param_values, "values for the params of the component"},
});
constexpr Value place = word_of(sidecar_places);
constexpr auto sidecar_only_keys = std::to_array<Key>({
    {"start", word_of(sidecar_phases), "`before` level 1 starts, `with` it, or `after` the graph is ready (after)"},
    {"on_failure", word_of(Words<OnFailure>::list), "what its failure means for the graph (restart)"},
    {"where", list_of(place, 1), "where it runs: `serve` is this machine, `deploy` a cluster"},
});
constexpr auto binding_keys = join(tune_keys, tuned_run_keys);
constexpr auto sidecar_keys = join(binding_keys, sidecar_only_keys);

constexpr std::array bound_forms = {component_name, filled(binding)};
constexpr Value bound_form = one_of(bound_forms);
constexpr std::array binding_forms = {leaf(Leaf::Bound), list_of(bound_form), filled(binding)};
constexpr Value binding_form = one_of(binding_forms);
constexpr std::array sidecar_forms = {leaf(Leaf::Bound), filled(sidecar)};
constexpr Value sidecar_form = one_of(sidecar_forms);
constexpr std::array sidecars_forms = {list_of(component_name), table_of(sidecar_form)};

constexpr Value target = leaf(Leaf::WireTarget);
constexpr std::array target_forms = {target, list_of(target, 1)};
constexpr Value target_form = one_of(target_forms);
constexpr Value wires = table_of(target_form, KeyForm::Wire);

constexpr auto spec_keys = std::to_array<Key>({
    {"doc", doc, "a sentence for people"},
    {"extends", leaf(Leaf::Spec), "the spec whose slots, sidecars, params and wires it has too"},
    {"entry", leaf(Leaf::SlotName), "the slot that users talk to"},
    {"params", param_types, "typed settings of the whole graph, used as ${graph.NAME}"},
    {"slots", table_of(slot), "places for components: `[optional] [many] Type [= Default]`"},
    {"sidecars", table_of(slot), "places beside the request path, such as a planner or metrics"},
    {"wire", wires, "who provides a client where the types alone do not say it"},
});
constexpr auto graph_keys = std::to_array<Key>({
    {"doc", doc, "a sentence for people"},
    {"spec", leaf(Leaf::Spec), "the spec whose slots it fills"},
    {"extends", leaf(Leaf::Graph), "the graph that it changes"},
    {"namespace", name, "isolates its Dynamo addresses from other graphs; its name if it is not said"},
    {"params", param_values, "values for the params of the spec"},
    {"bind", table_of(binding_form), "which component fills a slot, and how it is tuned"},
    {"sidecars", one_of(sidecars_forms), "components beside the request path"},
    {"wire", wires, "who provides a client where the types alone do not say it"},
    {"env", environment, "variables for every process of the graph"},
});

// ---- what the mappings demand beside that ----------------------------------------------------------------

constexpr auto import_needs = std::to_array<std::string_view>({"file"});
constexpr auto file_needs = std::to_array<std::string_view>({"apiVersion"});
constexpr auto client_needs = std::to_array<std::string_view>({"type"});
constexpr auto http_needs = std::to_array<std::string_view>({"path"});
constexpr auto grpc_needs = std::to_array<std::string_view>({"port"});
constexpr auto component_needs = std::to_array<std::string_view>({"command", "extends"});
constexpr auto ready_probes = std::to_array<std::string_view>({"http", "tcp", "grpc", "exec", "log", "notify"});
constexpr auto live_probes = std::to_array<std::string_view>({"http", "tcp", "grpc", "exec"});
constexpr auto spec_needs = std::to_array<std::string_view>({"slots", "extends"});
constexpr auto spec_entry = std::to_array<std::string_view>({"entry", "extends"});
constexpr auto graph_needs = std::to_array<std::string_view>({"spec", "extends"});

constexpr std::array import_rules = {Rule{Rule::Kind::AllOf, import_needs}};
constexpr std::array file_rules = {Rule{Rule::Kind::AllOf, file_needs}};
constexpr std::array client_rules = {Rule{Rule::Kind::AllOf, client_needs}};
constexpr std::array http_rules = {Rule{Rule::Kind::AllOf, http_needs}};
constexpr std::array grpc_rules = {Rule{Rule::Kind::AllOf, grpc_needs}};
constexpr std::array component_rules = {Rule{Rule::Kind::AtLeastOne, component_needs}};
constexpr std::array ready_rules = {Rule{Rule::Kind::AtMostOne, ready_probes}};
constexpr std::array live_rules = {Rule{Rule::Kind::ExactlyOne, live_probes}};
constexpr std::array tuned_live_rules = {Rule{Rule::Kind::AtMostOne, live_probes}};
constexpr std::array spec_rules = {Rule{Rule::Kind::AtLeastOne, spec_needs}, Rule{Rule::Kind::AtLeastOne, spec_entry}};
constexpr std::array graph_rules = {Rule{Rule::Kind::ExactlyOne, graph_needs}};

constexpr auto fixed_keys =
    std::to_array<std::string_view>({"extends", "implements", "runtime", "command", "cwd", "clients"});
constexpr auto fixed_endpoint_keys = std::to_array<std::string_view>({"sig", "protocol"});

constexpr std::array<const Mapping*, 22> all_mappings = {
    &file,    &overlay, &import,  &interface,       &interface_endpoint, &component,  &endpoint, &client, &resources,
    &ulimits, &ready,   &live,    &tuned_live,      &http_probe,         &grpc_probe, &restart,  &stop,   &spec,
    &graph,   &binding, &sidecar, &binding_endpoint};

}  // namespace

constexpr Mapping file = {.id = "file", .title = "a file", .keys = file_keys, .rules = file_rules};
constexpr Mapping overlay = {.id = "overlay", .title = "an overlay", .keys = overlay_keys, .rules = file_rules};
constexpr Mapping import = {
    .id = "import", .title = "an import", .keys = import_keys, .rules = import_rules, .shorthand = "file"};
constexpr Mapping interface = {.id = "interface", .title = "an interface", .keys = interface_keys};
constexpr Mapping interface_endpoint = {.id = "interface_endpoint",
                                        .title = "the endpoint of an interface",
                                        .keys = interface_endpoint_keys,
                                        .shorthand = "sig"};
constexpr Mapping component = {
    .id = "component", .title = "a component", .keys = component_keys, .rules = component_rules};
constexpr Mapping endpoint = {.id = "endpoint", .title = "an endpoint", .keys = endpoint_keys, .shorthand = "sig"};
constexpr Mapping client = {
    .id = "client", .title = "a client", .keys = client_keys, .rules = client_rules, .shorthand = "type"};
constexpr Mapping resources = {.id = "resources", .title = "`resources`", .keys = resources_keys};
constexpr Mapping ulimits = {.id = "ulimits", .title = "`ulimits`", .keys = ulimits_keys};
constexpr Mapping ready = {.id = "ready", .title = "`ready`", .keys = ready_keys, .rules = ready_rules};
constexpr Mapping live = {.id = "live", .title = "`live`", .keys = live_keys, .rules = live_rules};
constexpr Mapping tuned_live = {
    .id = "tuned_live", .title = "`live` of a binding", .keys = live_keys, .rules = tuned_live_rules};
constexpr Mapping http_probe = {
    .id = "http_probe", .title = "an `http` probe", .keys = http_keys, .rules = http_rules, .shorthand = "path"};
constexpr Mapping grpc_probe = {
    .id = "grpc_probe", .title = "a `grpc` probe", .keys = grpc_keys, .rules = grpc_rules, .shorthand = "port"};
constexpr Mapping restart = {.id = "restart", .title = "`restart`", .keys = restart_keys, .shorthand = "policy"};
constexpr Mapping stop = {.id = "stop", .title = "`stop`", .keys = stop_keys};
constexpr Mapping spec = {.id = "spec", .title = "a spec", .keys = spec_keys, .rules = spec_rules};
constexpr Mapping graph = {.id = "graph", .title = "a graph", .keys = graph_keys, .rules = graph_rules};
constexpr Mapping binding = {
    .id = "binding", .title = "a binding", .keys = binding_keys, .shorthand = "use", .fixed = fixed_keys};
constexpr Mapping sidecar = {
    .id = "sidecar", .title = "a sidecar", .keys = sidecar_keys, .shorthand = "use", .fixed = fixed_keys};
constexpr Mapping binding_endpoint = {
    .id = "binding_endpoint", .title = "an endpoint", .keys = binding_endpoint_keys, .fixed = fixed_endpoint_keys};

const Key* Mapping::find(std::string_view wanted) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == wanted; });
  return found == keys.end() ? nullptr : &*found;
}

std::span<const Mapping* const> mappings() { return all_mappings; }

bool is_key(std::string_view word) {
  return std::any_of(all_mappings.begin(), all_mappings.end(),
                     [&](const Mapping* mapping) { return mapping->find(word) != nullptr; });
}

bool Mapping::is_fixed(std::string_view key) const { return std::find(fixed.begin(), fixed.end(), key) != fixed.end(); }

const Value* as_mapping(const Value& value) {
  if (value.kind == Kind::Mapping || value.kind == Kind::Table) return &value;
  for (const Value& choice : value.choices) {
    if (const Value* found = as_mapping(choice)) return found;
  }
  return nullptr;
}

}  // namespace dynamo::grammar
