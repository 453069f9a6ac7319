#include "graph_loader/workspace.h"

#include "graph_loader/graph/graph_mentions.h"
#include "graph_loader/graph/params.h"
#include "graph_loader/graph/placement.h"
#include "graph_loader/graph/references.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace dynamo {

Workspace::Workspace(const LoadRequest& request, FileReader& files)
    : Workspace(request, files, request.arguments.empty() ? Target() : parse_target(request.arguments.front())) {}

Workspace::Workspace(const LoadRequest& request, FileReader& files, Target target)
    : request_(request), files_(files), target_(std::move(target)) {}

const std::map<std::string, std::string>* Workspace::environment() const {
  return request_.check_environment ? &request_.environment : nullptr;
}

bool Workspace::load() {
  target_word_ = &sources_->add("command line", request_.arguments.empty() ? "" : request_.arguments.front(),
                                request_.target_argument);
  loaded_ = load_files(target_.file, request_.overlays, files_, *sources_, diagnostics_);
  if (loaded_.unreadable || !loaded_.complete) return false;
  names_ = std::make_unique<Names>(loaded_.spec, diagnostics_);
  catalog_ = std::make_unique<Catalog>(loaded_.spec, *names_, diagnostics_);
  specs_ = std::make_unique<Specs>(loaded_.spec, *names_, *catalog_, diagnostics_);
  graph_table_ = std::make_unique<Graphs>(loaded_.spec, *names_, *catalog_, *specs_, diagnostics_);
  check_definitions();
  return true;
}

void Workspace::check_definitions() {
  const ReferenceChecker references(*catalog_, diagnostics_);
  for (std::size_t index = 0; index < catalog_->component_count(); ++index) {
    const Component& component = catalog_->component(index);
    if (component.bad) continue;
    references.check_component(component);
    check_defaults(component.params, ReferenceScope::Params, diagnostics_);
    const VariableDefinition* variable = find_named(component.run.env, "CUDA_VISIBLE_DEVICES");
    const auto& gpus = component.run.resources->gpus;
    const bool asks = gpus && (gpus->is_list ? !gpus->values.empty()
                                             : !gpus->values.front().text.has_references() &&
                                                   gpus->values.front().text.as_written() != "0");
    if (variable != nullptr && asks) report_gpus_twice(*variable, gpus->where, component, diagnostics_);
  }
  for (std::size_t index = 0; index < loaded_.spec.specs.size(); ++index) {
    const SpecModel& spec = specs_->model(index);
    if (!spec.sound) continue;
    for (const ParamDefinition& param : spec.params) {
      if (!param.default_value) continue;
      references.check_graph_value(*param.default_value);
      references.check_graph_names(*param.default_value, spec, std::nullopt);
    }
    check_defaults(spec.params, ReferenceScope::Graph, diagnostics_);
  }
}

const CheckedGraph& Workspace::add(GraphModel model) {
  CheckedGraph& graph = graphs_.emplace_back();
  ++graphs_checked_;
  graph.model = std::move(model);
  graph.values = evaluate_graph(graph.model, *catalog_, environment(), diagnostics_);
  apply_entry_port(graph);
  graph.wired = wire(graph.model, graph.values, *catalog_, diagnostics_);
  check_ports(graph.model, graph.values, diagnostics_);
  lint_reachability(graph);  // beside an error it is not told
  if (request_.gpus) check_gpus(graph.model, graph.values, *request_.gpus, diagnostics_);
  if (request_.check_environment) check_environment_of(graph);
  check_demands(graph);
  return graph;
}

/// `${x:?message}` of values that are known and empty; those of the environment are asked for separately.
void Workspace::check_demands(const CheckedGraph& graph) {
  for (const Instance& instance : graph.values.instances) {
    const EvaluationScope scope = scope_of(graph.values, instance, nullptr, graph.model.name);
    const auto check = [&](const Text& text, TextPlace) {
      const bool demands = std::any_of(text.pieces.begin(), text.pieces.end(), [](const Piece& piece) {
        return piece.reference && piece.reference->fallback == Fallback::Error;
      });
      if (demands) evaluate(text, scope, diagnostics_);
    };
    const Component& component = *instance.component;
    if (component.command != nullptr) {
      for (const Text& word : *component.command) check(word, TextPlace::Run);
    }
    if (component.cwd != nullptr) check(*component.cwd, TextPlace::Run);
    for_each_text(instance.run, check);
  }
}

/// `serve --port N`: the first endpoint of the entry that has a port, and those that share its number.
void Workspace::apply_entry_port(CheckedGraph& graph) {
  if (!request_.entry_port || !graph.model.spec->entry) return;
  for (Instance& instance : graph.values.instances) {
    if (instance.slot->name != graph.model.spec->entry->text) continue;
    const SourceFile& word = sources_->add("command line", fmt::format("--port {}", *request_.entry_port));
    const Span where{&word, 7, static_cast<std::uint32_t>(word.text().size())};
    std::optional<int> old;
    bool first = true;
    for (const EndpointDefinition& endpoint : instance.endpoints) {
      const auto port = instance.ports.find(endpoint.name.text);
      if (port == instance.ports.end()) continue;
      if (!first && (!old || port->second.number != old)) continue;
      if (first) old = port->second.number;
      first = false;
      port->second = {true, request_.entry_port, where};
    }
    if (first)
      usage_ = fmt::format("slot `{}` has no endpoint with a port: `--port` has nothing to set", instance.slot->name);
  }
}

void Workspace::check_all(Keep keep) {
  if (request_.check_environment) check_environment_of_all();
  graph_table_->tell_parents();
  for (std::size_t index = 0; index < loaded_.spec.graphs.size(); ++index) {
    auto model = graph_table_->graph(index, nullptr);
    if (!model) continue;
    add(std::move(*model));
    if (keep == Keep::Nothing) graphs_.pop_back();
  }
}

/// Why a target without a name names none, and what to write.
std::string Workspace::which_graph(const std::vector<std::string_view>& own) const {
  if (request_.arguments.size() > 1) {
    const std::string& word = request_.arguments[1];
    const bool may_be_override = word.starts_with('~') || word.find('=') != std::string::npos;
    const std::string hint = may_be_override ? std::string() : target_hint(word, target_.file, loaded_.spec);
    if (!hint.empty()) return fmt::format("`{}` is not an override; {}", word, hint);
  }
  std::string result = fmt::format("`{}` has {} graphs: name one, `{}:NAME`", target_.file,
                                   own.empty() ? "no" : std::to_string(own.size()), target_.file);
  if (!own.empty()) result += fmt::format(" ({})", some_of(own));
  return result;
}

const NamedDefinition* Workspace::find_target() {
  const FileScope& root = loaded_.spec.scopes.front();
  std::string name;
  if (target_.name) {
    name = *target_.name;
  } else {
    std::vector<std::string_view> own;
    for (const GraphDefinition& graph : loaded_.spec.graphs) {
      if (graph.scope->root) own.push_back(graph.name);
    }
    if (own.size() != 1) {
      usage_ = which_graph(own);
      return nullptr;
    }
    name = own.front();
  }
  const NamedDefinition* found = names_->find_target(name, root);
  if (found == nullptr) {
    auto diagnostic = report(diagnostics_, codes::no_such_graph, name_in_target(),
                             name.empty() ? fmt::format("no graph is named behind `{}:`", target_.file)
                                          : fmt::format("`{}` has no graph `{}`", target_.file, name));
    if (const NamedDefinition* type = names_->find_type(name, root)) {
      diagnostic.also(type->where, fmt::format("this is a definition of that name, under `{}s`", word(type->kind)));
    }
    std::vector<std::string_view> names;
    for (const auto& [known, definition] : loaded_.spec.targets) {
      if (definition.kind == NameKind::Graph) names.push_back(known);
    }
    for (const auto& [known, definition] : loaded_.spec.targets) {
      if (definition.kind == NameKind::Spec) names.push_back(known);
    }
    if (name.empty()) {
      diagnostic.help(fmt::format("there are {}", some_of(names)));
    } else {
      suggest(diagnostic, name, names, "there are");
    }
    return nullptr;
  }
  return found;
}

/// Where the command line names it.
Span Workspace::name_in_target() const {
  const std::size_t begin = target_.name ? target_.name_at : 0;
  return {target_word_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(target_word_->text().size())};
}

const CheckedGraph* Workspace::check_target() {
  const NamedDefinition* found = find_target();
  if (found == nullptr) return nullptr;
  const FileScope& root = loaded_.spec.scopes.front();
  const bool is_graph = found->kind == NameKind::Graph;
  if (is_graph && !graph_table_->sound(found->index)) return nullptr;
  const std::size_t spec_index = is_graph ? graph_table_->spec_of(found->index) : found->index;
  const SpecModel& spec = specs_->model(spec_index);
  if (!spec.sound) return nullptr;

  const bool overridden = request_.arguments.size() > 1;
  if (overridden) {
    // Sidecars that the graph itself adds can be overridden too; what it says is reported only once, below.
    DiagnosticList ignored;
    Graphs quiet(loaded_.spec, *names_, *catalog_, *specs_, ignored);
    OverrideTarget target;
    target.file = target_.file;
    target.all = &loaded_.spec;
    target.spec = &spec;
    target.model = is_graph ? quiet.graph(found->index, nullptr) : quiet.spec(found->index, name_in_target(), nullptr);
    target.scope = &root;
    target.catalog = catalog_.get();
    overrides_ = read_overrides({request_.arguments.begin() + 1, request_.arguments.end()}, target, *sources_,
                                loaded_.spec.trees, diagnostics_);
  }
  const GraphOverrides* overrides = overridden ? &overrides_ : nullptr;
  auto model = is_graph ? graph_table_->graph(found->index, overrides)
                        : graph_table_->spec(found->index, name_in_target(), overrides);
  if (!model) return nullptr;
  return &add(std::move(*model));
}

// ---- environment -----------------------------------------------------------------------------------------

void Workspace::check_environment_of(const Text& text, const std::optional<std::string>& graph) {
  for (const Piece& piece : text.pieces) {
    if (!piece.reference || piece.reference->scope != ReferenceScope::Env) continue;
    Text one;
    one.pieces.push_back(piece);
    EvaluationScope scope;
    scope.env = &request_.environment;
    scope.checked_graph = graph;
    evaluate(one, scope, diagnostics_);
  }
}

void Workspace::check_environment_of_all() {
  const auto check = [&](const Text& text, TextPlace) { check_environment_of(text, std::nullopt); };
  const auto check_params = [&](const std::vector<ParamDefinition>& params) {
    for (const ParamDefinition& param : params) {
      if (param.default_value) check_environment_of(*param.default_value, std::nullopt);
    }
  };
  for (std::size_t index = 0; index < catalog_->component_count(); ++index) {
    const Component& component = catalog_->component(index);
    if (component.bad) continue;
    for_each_text(component, check);
    check_params(component.params);
  }
  for (const SpecDefinition& spec : loaded_.spec.specs) check_params(spec.params);
  for (const GraphDefinition& graph : loaded_.spec.graphs) {
    for (const VariableDefinition& variable : graph.env) check_environment_of(variable.value, graph.name);
    for (const ParamValue& value : graph.params) check_environment_of(value.text, graph.name);
    for (const auto* bindings : {&graph.bind, &graph.sidecars}) {
      for (const BindingDefinition& binding : *bindings) {
        for (const BindingItem& item : binding.items) {
          for_each_text(item.tune, check);
          for (const ParamValue& value : item.tune.params) check_environment_of(value.text, graph.name);
        }
      }
    }
  }
}

/// Only what the graph uses, as it uses it.
void Workspace::check_environment_of(const CheckedGraph& graph) {
  const auto check = [&](const Text& text, TextPlace) { check_environment_of(text, graph.model.name); };
  for (const VariableDefinition& variable : graph.model.env) check_environment_of(variable.value, graph.model.name);
  for (const Instance& instance : graph.values.instances) {
    const Component& component = *instance.component;
    if (component.command != nullptr) {
      for (const Text& word : *component.command) check_environment_of(word, graph.model.name);
    }
    if (component.cwd != nullptr) check_environment_of(*component.cwd, graph.model.name);
    for_each_text(instance.run, check);
    for (const EndpointDefinition& endpoint : instance.endpoints) {
      if (endpoint.port) check_environment_of(endpoint.port->text, graph.model.name);
    }
  }
}

// ---- lints -----------------------------------------------------------------------------------------------

void Workspace::lint(bool whole_file) {
  if (has_errors()) return;
  if (whole_file && !loaded_.spec.graphs.empty()) lint_components();
  lint_secrets();
}

void Workspace::lint_components() {
  std::vector<bool> used(catalog_->component_count(), false);
  const auto use = [&](const Name& name, const FileScope& scope) {
    const NamedDefinition* found = names_->find_type(name.text, scope);
    if (found != nullptr && found->kind == NameKind::Component) used[found->index] = true;
  };
  for (const ComponentDefinition& component : loaded_.spec.components) {
    if (component.extends) use(*component.extends, *component.scope);
    for (const ClientDefinition& client : component.clients) use(client.type, *component.scope);
  }
  for (const SpecDefinition& spec : loaded_.spec.specs) {
    for (const auto* slots : {&spec.slots, &spec.sidecars}) {
      for (const SlotDefinition& slot : *slots) {
        use(slot.type, *spec.scope);
        for (const Name& name : slot.defaults) use(name, *spec.scope);
      }
    }
  }
  for (const GraphDefinition& graph : loaded_.spec.graphs) {
    for (const auto* bindings : {&graph.bind, &graph.sidecars}) {
      for (const BindingDefinition& binding : *bindings) {
        for (const BindingItem& item : binding.items) {
          if (item.use) use(*item.use, *graph.scope);
        }
      }
    }
  }
  for (std::size_t index = 0; index < used.size(); ++index) {
    const ComponentDefinition& component = loaded_.spec.components[index];
    if (used[index] || !component.scope->root) continue;
    report(diagnostics_, codes::unused_component, component.where,
           fmt::format("component `{}` is not used", component.name))
        .note("no graph binds it, and it is no default, parent or type");
  }
}

void Workspace::lint_reachability(const CheckedGraph& graph) {
  const auto& slots = graph.model.slots;
  if (!graph.model.spec->entry ||
      std::any_of(slots.begin(), slots.end(), [](const BoundSlot& slot) { return slot.broken; }))
    return;
  std::unordered_multimap<std::string_view, const Connection*> from;
  for (const Connection& connection : graph.wired.connections) {
    from.emplace(connection.instance->slot->name, &connection);
  }
  std::vector<std::string_view> open = {graph.model.spec->entry->text};
  std::unordered_set<std::string_view> reached = {open.front()};
  while (!open.empty()) {
    const auto [first, last] = from.equal_range(open.back());
    open.pop_back();
    for (auto one = first; one != last; ++one) {
      for (const std::string& slot : one->second->slots) {
        if (reached.insert(slot).second) open.push_back(slot);
      }
    }
  }
  for (const BoundSlot& slot : slots) {
    if (slot.empty() || reached.count(slot.name) != 0) continue;
    const bool discovered = std::any_of(slot.items.begin(), slot.items.end(), [&](const BoundItem& item) {
      return catalog_->component(item.component).runtime == RuntimeKind::Dynamo;
    });
    if (discovered) continue;
    report(diagnostics_, codes::unreachable_slot, slot.where, fmt::format("no request reaches slot `{}`", slot.name))
        .in_graph(graph.model.name)
        .note(fmt::format("no chain of clients leads to it from the entry `{}`", graph.model.spec->entry->text))
        .help("give a component a client of its type, or make it a sidecar");
  }
}

void Workspace::lint_secrets() {
  const auto check = [&](const std::vector<VariableDefinition>& env) {
    for (const VariableDefinition& variable : env) {
      const std::string_view key = variable.name.text;
      const bool secret = key.ends_with("TOKEN") || key.ends_with("SECRET") || key.ends_with("PASSWORD") ||
                          key.ends_with("API_KEY") || key.ends_with("ACCESS_KEY");
      if (!secret || variable.value.has_references() || variable.value.as_written().size() < 8) continue;
      report(diagnostics_, codes::clear_secret, variable.value.where,
             fmt::format("`{}` looks like a secret in clear text", key))
          .help(fmt::format("take it from the environment: `${{env.{}}}`", key));
    }
  };
  for (const ComponentDefinition& component : loaded_.spec.components) check(component.run.env);
  for (const GraphDefinition& graph : loaded_.spec.graphs) {
    check(graph.env);
    for (const auto* bindings : {&graph.bind, &graph.sidecars}) {
      for (const BindingDefinition& binding : *bindings) {
        for (const BindingItem& item : binding.items) check(item.tune.run.env);
      }
    }
  }
  check(overrides_.layer.env);
  for (const auto* bindings : {&overrides_.layer.bind, &overrides_.layer.sidecars}) {
    for (const BindingDefinition& binding : *bindings) {
      for (const BindingItem& item : binding.items) check(item.tune.run.env);
    }
  }
}

namespace {

/// Several uses of one name that is not there: rather its definition is misspelled. No fix of that is certain then.
/// Words of the language are ours, and do not count.
void doubt_repeated_slips(std::vector<Diagnostic>& diagnostics) {
  const auto is_about_names = [](const Diagnostic& one) { return one.code.number >= 200 && !one.fixes.empty(); };
  std::map<std::pair<int, std::string_view>, int> times;
  for (const Diagnostic& one : diagnostics) {
    if (is_about_names(one)) ++times[{one.code.number, one.message}];
  }
  for (Diagnostic& one : diagnostics) {
    if (!is_about_names(one) || times[{one.code.number, one.message}] < 2) continue;
    for (Fix& fix : one.fixes) fix.applicability = Applicability::Maybe;
  }
}

}  // namespace

void Workspace::finish(Loading& answer) {
  answer.sources = sources_;
  const bool errors = has_errors();
  answer.untold = diagnostics_.untold();
  answer.diagnostics = std::move(diagnostics_).sorted();
  doubt_repeated_slips(answer.diagnostics);
  mention_graphs(answer.diagnostics, loaded_.spec, request_.overlays);
  answer.file = target_.file;
  answer.unreadable = loaded_.unreadable;
  const bool only_name = target_.name && target_.name_at == 0;
  if (answer.unreadable && only_name &&
      answer.unreadable->find(fmt::format("`{}`", target_.file)) != std::string::npos) {
    *answer.unreadable +=
        fmt::format("; the graph `{0}` is looked for there, in another file it is `FILE:{0}`", *target_.name);
  }
  answer.graphs_checked = graphs_checked_;
  if (!errors) answer.usage = usage_;
}

}  // namespace dynamo
