#include "graph_loader/language/analysis.h"

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

template <class List>
std::optional<std::size_t> find_defined(const List& list, std::string_view path, std::string_view name) {
  for (std::size_t index = 0; index < list.size(); ++index) {
    const auto& one = list[index];
    if (one.where.file->name() != path) continue;
    std::string_view simple = one.name;
    simple.remove_prefix(one.scope->alias.empty() ? 0 : one.scope->alias.size() + 1);
    if (simple == name) return index;
  }
  return std::nullopt;
}

std::vector<std::string> overlays_of(const Root& root) {
  return root.overlay.empty() ? std::vector<std::string>() : std::vector<std::string>{root.overlay};
}

}  // namespace

Analysis::Analysis(const Root& root, FileReader& files)
    : root_(root),
      loaded_(load_files(root.file, overlays_of(root), files, sources_, unheard_, Reading::AsFarAsPossible)),
      names_(loaded_.spec, unheard_),
      catalog_(loaded_.spec, names_, unheard_),
      specs_(loaded_.spec, names_, catalog_, unheard_),
      graphs_(loaded_.spec, names_, catalog_, specs_, unheard_) {
  for (std::size_t index = 0; index < loaded_.spec.graphs.size(); ++index) {
    auto model = graphs_.graph(index, nullptr);
    if (!model) continue;
    CheckedGraph& graph = checked_[index];
    graph.model = std::move(*model);
    graph.values = evaluate_graph(graph.model, catalog_, nullptr, unheard_);
    graph.wired = wire(graph.model, graph.values, catalog_, unheard_);
  }
  note_uses();
  note_docs();
}

void Analysis::note_docs() {
  for (const SyntaxTree& tree : spec().trees) {
    if (tree.root == nullptr) continue;
    for (const Entry& section : tree.root->entries) {
      for (const Entry& definition : section.value->entries) {
        const Entry* doc = definition.value->find("doc");
        if (doc == nullptr || doc->value->kind != NodeKind::String) continue;
        docs_[{definition.key->where.file, definition.key->where.begin}] = doc->value->text;
      }
    }
  }
}

std::string Analysis::doc(const Span& name) const {
  const auto found = docs_.find({name.file, name.begin});
  return found == docs_.end() ? std::string() : std::string(found->second);
}

void Analysis::note_uses() {
  specs_using_.resize(spec().components.size());
  const auto note = [&](std::size_t component, std::size_t of) {
    for (const std::size_t one : chain_of_component(component)) specs_using_[one].insert(of);
  };
  for (std::size_t of = 0; of < spec().specs.size(); ++of) {
    for (const std::size_t one : chain_of_spec(of)) {
      for (const auto* slots : {&spec().specs[one].slots, &spec().specs[one].sidecars}) {
        for (const SlotDefinition& slot : *slots) {
          for (const std::size_t component : defaults(of, slot.name.text)) note(component, of);
        }
      }
    }
  }
  for (std::size_t index = 0; index < spec().graphs.size(); ++index) {
    const auto of = spec_of_graph(index);
    if (!of) continue;
    const GraphDefinition& definition = spec().graphs[index];
    for (const auto* bindings : {&definition.bind, &definition.sidecars}) {
      for (const BindingDefinition& binding : *bindings) {
        for (const BindingItem& item : binding.items) {
          const auto found = item.use ? component(item.use->text, *binding.scope) : std::nullopt;
          if (found) note(*found, *of);
        }
      }
    }
  }
}

const std::set<std::size_t>& Analysis::specs_using(std::size_t component) const { return specs_using_[component]; }

const CheckedGraph* Analysis::graph(std::size_t index) const {
  const auto found = checked_.find(index);
  return found == checked_.end() ? nullptr : &found->second;
}

std::vector<std::size_t> Analysis::chain_of_component(std::size_t index) const {
  std::vector<std::size_t> chain = {index};
  while (true) {
    const ComponentDefinition& last = spec().components[chain.back()];
    if (!last.extends) return chain;
    const auto parent = component(last.extends->text, *last.scope);
    if (!parent || std::find(chain.begin(), chain.end(), *parent) != chain.end()) return chain;
    chain.push_back(*parent);
  }
}

std::vector<std::size_t> Analysis::chain_of_spec(std::size_t index) const {
  std::vector<std::size_t> chain = {index};
  while (true) {
    const SpecDefinition& last = spec().specs[chain.back()];
    if (!last.extends) return chain;
    const auto parent = target(last.extends->text, NameKind::Spec, *last.scope);
    if (!parent || std::find(chain.begin(), chain.end(), *parent) != chain.end()) return chain;
    chain.push_back(*parent);
  }
}

std::vector<std::size_t> Analysis::chain_of_graph(std::size_t index) const {
  std::vector<std::size_t> chain = {index};
  while (true) {
    const GraphDefinition& last = spec().graphs[chain.back()];
    if (!last.extends) return chain;
    const auto parent = target(last.extends->text, NameKind::Graph, *last.scope);
    if (!parent || std::find(chain.begin(), chain.end(), *parent) != chain.end()) return chain;
    chain.push_back(*parent);
  }
}

std::optional<std::size_t> Analysis::spec_of_graph(std::size_t index) const {
  for (const std::size_t one : chain_of_graph(index)) {
    const GraphDefinition& graph = spec().graphs[one];
    if (graph.spec) return target(graph.spec->text, NameKind::Spec, *graph.scope);
  }
  return std::nullopt;
}

std::optional<std::size_t> Analysis::target(std::string_view name, NameKind kind, const FileScope& scope) const {
  const NamedDefinition* found = names_.find_target(name, scope);
  if (found == nullptr || found->kind != kind) return std::nullopt;
  return found->index;
}

std::optional<std::size_t> Analysis::component(std::string_view name, const FileScope& scope) const {
  const NamedDefinition* found = names_.find_type(name, scope);
  if (found == nullptr || found->kind != NameKind::Component) return std::nullopt;
  return found->index;
}

std::optional<std::size_t> Analysis::interface(std::string_view name, const FileScope& scope) const {
  const NamedDefinition* found = names_.find_type(name, scope);
  if (found == nullptr || found->kind != NameKind::Interface) return std::nullopt;
  return found->index;
}

TypeRef Analysis::type(std::string_view name, const FileScope& scope) const {
  if (name == "Any") return {TypeRef::Kind::Any, 0};
  if (const auto index = interface(name, scope)) return {TypeRef::Kind::Interface, *index};
  if (const auto index = component(name, scope)) return {TypeRef::Kind::Component, *index};
  return {};
}

const FileScope* Analysis::scope(std::string_view path) const {
  for (const FileScope& one : spec().scopes) {
    if (one.path == path) return &one;
  }
  return nullptr;
}

std::optional<std::size_t> Analysis::defined(NameKind kind, std::string_view path, std::string_view name) const {
  const FileScope* file = scope(path);
  if (file != nullptr && file->overlay) {
    const bool is_type = kind == NameKind::Interface || kind == NameKind::Component;
    const auto& table = is_type ? spec().types : spec().targets;
    const auto found = table.find(name);
    if (found == table.end() || found->second.kind != kind) return std::nullopt;
    return found->second.index;
  }
  switch (kind) {
    case NameKind::Interface: return find_defined(spec().interfaces, path, name);
    case NameKind::Component: return find_defined(spec().components, path, name);
    case NameKind::Spec: return find_defined(spec().specs, path, name);
    case NameKind::Graph: return find_defined(spec().graphs, path, name);
  }
  return std::nullopt;
}

const FileScope* Analysis::scope_of(NameKind kind, std::size_t index) const {
  switch (kind) {
    case NameKind::Interface: return spec().interfaces[index].scope;
    case NameKind::Component: return spec().components[index].scope;
    case NameKind::Spec: return spec().specs[index].scope;
    case NameKind::Graph: return spec().graphs[index].scope;
  }
  return nullptr;
}

std::vector<std::size_t> Analysis::bound(std::size_t index, const std::string& slot) const {
  std::vector<std::size_t> result;
  if (const CheckedGraph* checked = graph(index)) {
    const BoundSlot* found = checked->model.find_slot(slot);
    if (found == nullptr) found = checked->model.find_sidecar(slot);
    if (found != nullptr) {
      for (const BoundItem& item : found->items) result.push_back(item.component);
      if (!result.empty()) return result;
    }
  }
  for (const std::size_t one : chain_of_graph(index)) {
    const GraphDefinition& definition = spec().graphs[one];
    for (const auto* bindings : {&definition.bind, &definition.sidecars}) {
      for (const BindingDefinition& binding : *bindings) {
        if (binding.slot.text != slot) continue;
        for (const BindingItem& item : binding.items) {
          if (!item.use) continue;
          if (const auto found = component(item.use->text, *binding.scope)) result.push_back(*found);
        }
      }
    }
    if (!result.empty()) return result;
  }
  const auto of = spec_of_graph(index);
  return of ? defaults(*of, slot) : result;
}

std::vector<std::size_t> Analysis::defaults(std::size_t index, const std::string& slot) const {
  std::vector<std::size_t> result;
  for (const std::size_t one : chain_of_spec(index)) {
    const SpecDefinition& definition = spec().specs[one];
    for (const auto* slots : {&definition.slots, &definition.sidecars}) {
      for (const SlotDefinition& found : *slots) {
        if (found.name.text != slot) continue;
        for (const Name& name : found.defaults) {
          if (const auto resolved = component(name.text, *found.scope)) result.push_back(*resolved);
        }
        return result;
      }
    }
  }
  return result;
}

}  // namespace dynamo
