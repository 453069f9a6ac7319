// The second half of building Symbols: every use of what symbol_declarations.h has found.

#include "graph_loader/graph/references.h"
#include "graph_loader/language/symbol_declarations.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <utility>

namespace dynamo {

class SymbolBuilder : private SymbolDeclarations {
 public:
  using SymbolDeclarations::SymbolDeclarations;

  void build() {
    declare_all();
    for (std::size_t index = 0; index < spec_.interfaces.size(); ++index) use_in_interface(index);
    for (std::size_t index = 0; index < spec_.components.size(); ++index) use_in_component(index);
    for (std::size_t index = 0; index < spec_.specs.size(); ++index) use_in_spec(index);
    for (std::size_t index = 0; index < spec_.graphs.size(); ++index) use_in_graph(index);
    use_in_imports();
    use_in_overlay();
    finish();
  }

 private:
  // ---- uses in texts ---------------------------------------------------------------------------------------

  /// What the references of a text may mean.
  struct Sight {
    std::vector<std::size_t> components;
    std::set<std::size_t> specs;
  };

  void use_text(const Text& text, const Sight& sight) {
    for (const Piece& piece : text.pieces) {
      if (piece.reference) use_reference(*piece.reference, sight);
    }
  }

  void use_reference(const Reference& reference, const Sight& sight) {
    // "${", the scope and a dot come before the name.
    if (reference.where.text() != reference.as_written) return;
    const std::size_t begin = 2 + word(reference.scope).size() + 1;
    const std::string& name = reference.name;
    const std::size_t dot = name.find('.');
    const std::string first = name.substr(0, dot);
    const Span first_place = part_of(reference.where, begin, first.size());
    const std::string second = dot == std::string::npos ? "" : name.substr(dot + 1);
    const Span second_place = part_of(reference.where, begin + first.size() + 1, second.size());
    switch (reference.scope) {
      case ReferenceScope::Params:
        refer(first_place, first, in_components(SymbolKind::Param, sight.components, name));
        break;
      case ReferenceScope::Graph: refer(first_place, first, graph_params(sight.specs, name)); break;
      case ReferenceScope::Self:
        if (first != "port" && first != "listen") break;
        for (const std::size_t component : sight.components) {
          if (const auto found = port_of_component(component, second)) refer(second_place, second, {*found});
        }
        break;
      case ReferenceScope::Clients:
        refer(first_place, first, in_components(SymbolKind::Client, sight.components, first));
        if (dot != std::string::npos) use_endpoint_of_client(sight, first, second, second_place);
        break;
      case ReferenceScope::Env:
      case ReferenceScope::Unknown: break;
    }
  }

  void use_endpoint_of_client(const Sight& sight, const std::string& client, const std::string& endpoint, Span place) {
    for (const std::size_t component : sight.components) {
      const auto found = member_of_component(SymbolKind::Client, component, client);
      if (!found) continue;
      const ComponentDefinition& owner = spec_.components[out_.symbols_[*found].owner];
      for (const ClientDefinition& one : owner.clients) {
        if (one.name.text != client) continue;
        refer(place, endpoint, endpoints_of_type(analysis_.type(one.type.text, *owner.scope), endpoint));
      }
    }
  }

  void use_probe(const std::shared_ptr<const ReadyDefinition>& probe, const std::vector<std::size_t>& components) {
    if (!probe || !probe->probe || !probe->probe->port) return;
    const Name& port = *probe->probe->port;
    for (const std::size_t component : components) {
      if (const auto found = port_of_component(component, port.text)) refer(port.where, port.text, {*found});
    }
  }

  void use_run(const RunDefinition& run, const Sight& sight) {
    for_each_text(run, [&](const Text& text, TextPlace) { use_text(text, sight); });
    use_probe(run.ready, sight.components);
    use_probe(run.live, sight.components);
  }

  // ---- uses in definitions ---------------------------------------------------------------------------------

  void define_member(std::size_t symbol, const Name& name, const Found& inherited) {
    for (const std::size_t one : inherited) unite(symbol, one);
    add(name.where, name.text, symbol, inherited.empty() ? Role::Definition : Role::Redefinition);
  }

  static Found one_or_none(std::optional<std::size_t> found) { return found ? Found{*found} : Found{}; }

  void use_type(const Name& name, const FileScope& scope) {
    if (name.text.empty() || name.text == "Any") return;
    const TypeRef type = analysis_.type(name.text, scope);
    refer(name, type.kind == TypeRef::Kind::Interface   ? std::optional(interfaces_[type.index])
                : type.kind == TypeRef::Kind::Component ? std::optional(components_[type.index])
                                                        : std::nullopt);
  }

  void use_in_interface(std::size_t index) {
    const InterfaceDefinition& interface = spec_.interfaces[index];
    for (const Name& parent : interface.extends) use_type(parent, *interface.scope);
    for (const InterfaceEndpoint& endpoint : interface.endpoints) {
      const auto own = *find(SymbolKind::Endpoint, NameKind::Interface, index, endpoint.name.text);
      Found inherited;
      std::set<std::size_t> seen = {index};
      for (const Name& parent : interface.extends) {
        const auto found = analysis_.interface(parent.text, *interface.scope);
        if (found) endpoints_of_interface(*found, endpoint.name.text, seen, inherited);
      }
      define_member(own, endpoint.name, inherited);
    }
  }

  [[nodiscard]] Found promised_endpoints(std::size_t component, const std::string& name) const {
    Found result = one_or_none(member_of_component(SymbolKind::Endpoint, component, name, true));
    std::set<std::size_t> seen;
    for (const std::size_t one : analysis_.chain_of_component(component)) {
      const ComponentDefinition& definition = spec_.components[one];
      for (const Name& item : definition.implements) {
        const auto found = analysis_.interface(item.text, *definition.scope);
        if (found) endpoints_of_interface(*found, name, seen, result);
      }
    }
    return result;
  }

  void use_in_component(std::size_t index) {
    const ComponentDefinition& component = spec_.components[index];
    const FileScope& scope = *component.scope;
    const auto member = [&](SymbolKind kind, const Name& name) {
      return *find(kind, NameKind::Component, index, name.text);
    };
    const auto inherited = [&](SymbolKind kind, const Name& name) {
      return one_or_none(member_of_component(kind, index, name.text, true));
    };
    if (component.extends) use_type(*component.extends, scope);
    for (const Name& item : component.implements) use_type(item, scope);
    const Sight sight{{index}, analysis_.specs_using(index)};
    for (const ParamDefinition& one : component.params) {
      define_member(member(SymbolKind::Param, one.name), one.name, inherited(SymbolKind::Param, one.name));
      if (one.default_value) use_text(*one.default_value, sight);
    }
    for (const ClientDefinition& one : component.clients) {
      define_member(member(SymbolKind::Client, one.name), one.name, inherited(SymbolKind::Client, one.name));
      use_type(one.type, scope);
    }
    for (const EndpointDefinition& one : component.endpoints) {
      define_member(member(SymbolKind::Endpoint, one.name), one.name, promised_endpoints(index, one.name.text));
      if (one.port) use_text(one.port->text, sight);
    }
    for (const PortDefinition& one : component.run.ports) {
      define_member(member(SymbolKind::Port, one.name), one.name, inherited(SymbolKind::Port, one.name));
    }
    if (component.command) {
      for (const Text& one : *component.command) use_text(one, sight);
    }
    if (component.cwd) use_text(*component.cwd, sight);
    use_run(component.run, sight);
  }

  void use_wires(const std::vector<WireDefinition>& wires,
                 const std::function<std::optional<std::size_t>(const std::string&)>& place,
                 const std::function<std::vector<std::size_t>(const std::string&)>& components) {
    for (const WireDefinition& wire : wires) {
      const auto [key, exact] = exact_place(wire.key.where, wire.key.text);
      if (exact) {
        if (const auto slot = place(wire.slot)) refer(part_of(key, 0, wire.slot.size()), wire.slot, {*slot});
        refer(part_of(key, wire.slot.size() + 1, wire.client.size()), wire.client,
              in_components(SymbolKind::Client, components(wire.slot), wire.client));
      }
      for (const WireTarget& target : wire.targets) {
        if (target.kind != WireTarget::Kind::Slot) continue;
        if (const auto slot = place(target.text)) refer(target.where, target.text, {*slot});
      }
    }
  }

  void use_in_spec(std::size_t index) {
    const SpecDefinition& spec = spec_.specs[index];
    const FileScope& scope = *spec.scope;
    const Sight sight{{}, {index}};
    if (spec.extends && !spec.extends->text.empty()) refer(*spec.extends, target(*spec.extends, scope));
    for (const ParamDefinition& one : spec.params) {
      define_member(*find(SymbolKind::Param, NameKind::Spec, index, one.name.text), one.name,
                    one_or_none(member_of_spec(SymbolKind::Param, index, one.name.text, true)));
      if (one.default_value) use_text(*one.default_value, sight);
    }
    for (const auto& [kind, slots] :
         {std::pair(SymbolKind::Slot, &spec.slots), {SymbolKind::Sidecar, &spec.sidecars}}) {
      for (const SlotDefinition& slot : *slots) {
        define_member(*find(kind, NameKind::Spec, index, slot.name.text), slot.name,
                      one_or_none(member_of_spec(kind, index, slot.name.text, true)));
        use_type(slot.type, scope);
        for (const Name& name : slot.defaults) use_type(name, scope);
      }
    }
    if (spec.entry) refer(spec.entry->where, spec.entry->text, one_or_none(place_of_spec(index, spec.entry->text)));
    use_wires(
        spec.wires, [&](const std::string& name) { return place_of_spec(index, name); },
        [&](const std::string& slot) { return components_of_spec(index, slot); });
  }

  /// Whatever may sit in a slot of a spec: its defaults, and what the graphs of the spec bind.
  [[nodiscard]] std::vector<std::size_t> components_of_spec(std::size_t spec, const std::string& slot) const {
    std::vector<std::size_t> result = analysis_.defaults(spec, slot);
    for (std::size_t graph = 0; graph < spec_.graphs.size(); ++graph) {
      const auto of = analysis_.spec_of_graph(graph);
      if (!of) continue;
      const auto chain = analysis_.chain_of_spec(*of);
      if (std::find(chain.begin(), chain.end(), spec) == chain.end()) continue;
      const auto bound = analysis_.bound(graph, slot);
      result.insert(result.end(), bound.begin(), bound.end());
    }
    return result;
  }

  [[nodiscard]] std::optional<std::size_t> target(const Name& name, const FileScope& scope) const {
    const NamedDefinition* found = analysis_.names().find_target(name.text, scope);
    if (found == nullptr) return std::nullopt;
    return found->kind == NameKind::Spec ? specs_[found->index] : graphs_[found->index];
  }

  void use_in_graph(std::size_t index) {
    const GraphDefinition& graph = spec_.graphs[index];
    const auto of = analysis_.spec_of_graph(index);
    const Sight values{{}, of ? std::set{*of} : std::set<std::size_t>{}};
    for (const auto& parent : {graph.spec, graph.extends}) {
      if (parent) refer(*parent, target(*parent, *graph.scope));
    }
    for (const ParamValue& one : graph.params) {
      refer(one.name.where, one.name.text, graph_params(values.specs, one.name.text));
      use_text(one.text, values);
    }
    for (const VariableDefinition& one : graph.env) use_text(one.value, values);
    for (const BindingDefinition& one : graph.bind) {
      refer(one.slot.where, one.slot.text, one_or_none(of ? place_of_spec(*of, one.slot.text) : std::nullopt));
      use_binding(index, one, values);
    }
    for (const BindingDefinition& one : graph.sidecars) {
      use_sidecar(index, one);
      use_binding(index, one, values);
    }
    use_wires(
        graph.wires, [&](const std::string& name) { return place_of_graph(index, name); },
        [&](const std::string& slot) { return analysis_.bound(index, slot); });
  }

  void use_sidecar(std::size_t graph, const BindingDefinition& sidecar) {
    const auto own = find(SymbolKind::Sidecar, NameKind::Graph, graph, sidecar.slot.text);
    const auto known = place_of_graph(graph, sidecar.slot.text);
    if (own && out_.symbols_[*own].implied) {
      if (known) unite(*own, *known);
      return;
    }
    if (own) {
      define_member(*own, sidecar.slot, known && *known != *own ? Found{*known} : Found{});
    } else if (known) {
      refer(sidecar.slot.where, sidecar.slot.text, {*known});
    }
  }

  void use_binding(std::size_t graph, const BindingDefinition& binding, const Sight& values) {
    for (const BindingItem& item : binding.items) {
      Sight sight{{}, values.specs};
      if (item.use) {
        use_type(*item.use, *binding.scope);
        if (const auto found = analysis_.component(item.use->text, *binding.scope)) sight.components = {*found};
      } else if (!item.none) {
        sight.components = analysis_.bound(graph, binding.slot.text);
      }
      for (const ParamValue& one : item.tune.params) {
        refer(one.name.where, one.name.text, in_components(SymbolKind::Param, sight.components, one.name.text));
        use_text(one.text, values);
      }
      for (const EndpointDefinition& one : item.tune.endpoints) {
        refer(one.name.where, one.name.text, in_components(SymbolKind::Endpoint, sight.components, one.name.text));
      }
      for (const PortDefinition& one : item.tune.run.ports) {
        refer(one.name.where, one.name.text, in_components(SymbolKind::Port, sight.components, one.name.text));
      }
      for_each_text(item.tune, [&](const Text& text, TextPlace) { use_text(text, sight); });
      use_probe(item.tune.run.ready, sight.components);
      use_probe(item.tune.run.live, sight.components);
    }
  }

  // ---- imports ---------------------------------------------------------------------------------------------

  void use_in_imports() {
    for (const SyntaxTree& tree : spec_.trees) {
      const Entry* imports = tree.root == nullptr ? nullptr : tree.root->find("imports");
      if (imports == nullptr || !imports->value->is_sequence()) continue;
      for (const Node* item : imports->value->items) {
        const Node* path = item;
        if (item->is_mapping()) {
          const Entry* file = item->find("file");
          path = file == nullptr ? nullptr : file->value;
          const Entry* as = item->find("as");
          if (as != nullptr && as->value->kind == NodeKind::String) define_alias(*as->value);
        }
        if (path != nullptr && path->kind == NodeKind::String) use_path(*path);
      }
    }
  }

  void define_alias(const Node& node) {
    const std::string name(node.text);
    const std::size_t symbol = alias(name);
    add(node.where, name, symbol, Role::Definition);
    Symbol& known = out_.symbols_[symbol];
    if (!known.declared) known.declared = exact_place(node.where, name).first;
  }

  void use_path(const Node& node) {
    const std::filesystem::path importer(node.where.file->name());
    const std::string path = (importer.parent_path() / std::string(node.text)).lexically_normal().string();
    for (const SourceFile& file : analysis_.sources().files()) {
      if (file.name() != path) continue;
      const std::size_t symbol = add_symbol({.kind = SymbolKind::File, .name = path, .declared = {&file, 0, 0}});
      add(node.where, node.text, symbol, Role::Reference);
      return;
    }
  }

  // ---- overlays --------------------------------------------------------------------------------------------

  using Place = std::pair<const SourceFile*, std::uint32_t>;
  using ByPlace = std::multimap<Place, std::size_t>;

  /// What an overlay changes stands in two files under one name, and only one of the two was read.
  void use_in_overlay() {
    if (analysis_.repeated_keys().empty()) return;
    ByPlace by_place;
    for (std::size_t index = 0; index < out_.occurrences_.size(); ++index) {
      const Span& where = out_.occurrences_[index].where;
      by_place.emplace(Place{where.file, where.begin}, index);
    }
    for (const RepeatedKey& key : analysis_.repeated_keys()) {
      const auto [below, below_exact] = exact_place(key.below->where, key.below->text);
      auto [above, above_exact] = exact_place(key.above->where, key.above->text);
      if (!below_exact || !above_exact) continue;
      if (key.above->text.size() > key.below->text.size()) above = use_alias(*key.above, above, key.below->text.size());
      const std::vector<std::size_t> known_below = within(below, by_place);
      const std::vector<std::size_t> known_above = within(above, by_place);
      for (const std::size_t index : known_below) repeat(index, below, above);
      for (const std::size_t index : known_above) repeat(index, above, below);
      for (const std::size_t index : known_above) declare_below(index, below);
      if (key.deleted && known_below.empty()) {
        const std::size_t symbol =
            add_symbol({.name = std::string(key.below->text), .declared = below, .deleted = true});
        out_.occurrences_.push_back({below, symbol, Role::Definition, true});
        out_.occurrences_.push_back({above, symbol, Role::Redefinition, true});
      }
    }
  }

  /// The name of a definition, of `size` bytes, behind its alias.
  Span use_alias(const Node& key, Span place, std::size_t size) {
    const std::size_t before = key.text.size() - size;
    const std::size_t symbol = alias(std::string(key.text.substr(0, before - 1)));
    out_.occurrences_.push_back({part_of(place, 0, before - 1), symbol, Role::Reference, true});
    return part_of(place, before, size);
  }

  [[nodiscard]] std::vector<std::size_t> within(const Span& where, const ByPlace& by_place) const {
    std::vector<std::size_t> result;
    auto one = by_place.lower_bound({where.file, where.begin});
    for (; one != by_place.end() && one->first.first == where.file && one->first.second < where.end; ++one) {
      if (out_.occurrences_[one->second].where.end <= where.end) result.push_back(one->second);
    }
    return result;
  }

  /// The occurrence, which stands in one of two equal texts, in the other one.
  void repeat(std::size_t index, const Span& from, const Span& to) {
    const Occurrence one = out_.occurrences_[index];
    const Span where = part_of(to, one.where.begin - from.begin, one.where.end - one.where.begin);
    out_.occurrences_.push_back(
        {where, one.symbol, one.role == Role::Definition ? Role::Redefinition : one.role, one.exact});
  }

  /// A name that was read from the overlay, because its value stands there, is defined in the file below.
  void declare_below(std::size_t index, const Span& below) {
    if (out_.occurrences_[index].role != Role::Definition) return;
    const std::size_t symbol = out_.occurrences_[index].symbol;
    out_.occurrences_[index].role = Role::Redefinition;
    out_.symbols_[symbol].declared = below;
    for (auto one = out_.occurrences_.rbegin(); one != out_.occurrences_.rend(); ++one) {
      if (one->symbol != symbol || one->where.file != below.file || one->where.begin != below.begin) continue;
      one->role = Role::Definition;
      return;
    }
  }

  // ---- the end -----------------------------------------------------------------------------------------------

  /// Sorts, and makes one family of symbols that share a text: a file read under two names, a mapping used by alias.
  void finish() {
    auto& list = out_.occurrences_;
    for (const Occurrence& one : list) out_.longest_ = std::max(out_.longest_, one.where.end - one.where.begin);
    std::stable_sort(list.begin(), list.end(), [](const Occurrence& left, const Occurrence& right) {
      if (left.where.file != right.where.file) {
        const int order = left.where.file->name().compare(right.where.file->name());
        if (order != 0) return order < 0;
      }
      return std::tie(left.where.begin, left.where.end, left.role) <
             std::tie(right.where.begin, right.where.end, right.role);
    });
    for (std::size_t index = 1; index < list.size(); ++index) {
      const Span& left = list[index - 1].where;
      const Span& right = list[index].where;
      if (left.begin == right.begin && left.end == right.end && left.file->name() == right.file->name()) {
        unite(list[index - 1].symbol, list[index].symbol);
      }
    }
    // A parent comes before its children.
    for (std::size_t& parent : out_.parents_) parent = out_.parents_[parent];
  }
};

Symbols::Symbols(const Analysis& analysis) { SymbolBuilder(analysis, *this).build(); }

}  // namespace dynamo
