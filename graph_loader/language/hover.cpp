#include "graph_loader/language/hover.h"

#include "graph_loader/language/completer.h"
#include "graph_loader/language/members.h"
#include "graph_loader/language/position.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace dynamo {
namespace {

bool is_key_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// "graph.yaml:54:3", without the folder.
std::string short_place(const Span& span) {
  Place place = place_of(span);
  place.file = std::filesystem::path(place.file).filename().string();
  return place.text();
}

std::string ticked(std::string_view text) { return fmt::format("`{}`", text); }

template <class List, class Text>
std::string joined(const List& list, Text text) {
  std::string result;
  for (const auto& one : list) result += (result.empty() ? "" : ", ") + std::string(text(one));
  return result;
}

/// Lines of a list in Markdown, cut off where it gets long.
class Page {
 public:
  void title(std::string text) { text_ = std::move(text); }
  void paragraph(const std::string& text) {
    if (!text.empty()) text_ += "\n\n" + text;
    in_list_ = false;
  }
  void line(const std::string& text) {
    text_ += (in_list_ ? "\n- " : "\n\n- ") + text;
    in_list_ = true;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool in_list_ = false;
};

constexpr std::size_t most_lines = 8;

class Describer {
 public:
  Describer(const Project& project, const Owner& owner)
      : analysis_(*project.analysis), spec_(project.analysis->spec()), owner_(owner) {}

  std::string describe(const Symbol& symbol) {
    if (symbol.deleted) {
      page_.title(fmt::format("`{}` is deleted here", symbol.name));
      page_.paragraph("defined at " + short_place(symbol.declared));
      return page_.text();
    }
    switch (symbol.kind) {
      case SymbolKind::Interface: interface(symbol); break;
      case SymbolKind::Component: component(symbol); break;
      case SymbolKind::Spec: spec(symbol); break;
      case SymbolKind::Graph: graph(symbol); break;
      case SymbolKind::Endpoint: endpoint(symbol); break;
      case SymbolKind::Client: client(symbol); break;
      case SymbolKind::Param: param(symbol); break;
      case SymbolKind::Port: page_.title(fmt::format("**port** `{}`{}", symbol.name, of_owner(symbol))); break;
      case SymbolKind::Slot:
      case SymbolKind::Sidecar: slot(symbol); break;
      case SymbolKind::Alias:
        page_.title(fmt::format("**alias** `{}`", symbol.name));
        page_.paragraph("a prefix for the names of an imported file");
        break;
      case SymbolKind::File: page_.title(fmt::format("**file** `{}`", symbol.name)); break;
    }
    if (symbol.declared && symbol.kind != SymbolKind::File) {
      page_.paragraph("defined at " + short_place(symbol.declared));
    }
    return page_.text();
  }

 private:
  std::string of_owner(const Symbol& symbol) const {
    switch (symbol.owner_kind) {
      case NameKind::Interface: return fmt::format(" of interface `{}`", spec_.interfaces[symbol.owner].name);
      case NameKind::Component: return fmt::format(" of component `{}`", spec_.components[symbol.owner].name);
      case NameKind::Spec: return fmt::format(" of spec `{}`", spec_.specs[symbol.owner].name);
      case NameKind::Graph: return fmt::format(" of graph `{}`", spec_.graphs[symbol.owner].name);
    }
    return {};
  }

  static std::string name_text(const Name& name) { return ticked(name.text); }

  void interface(const Symbol& symbol) {
    const InterfaceDefinition& one = spec_.interfaces[symbol.owner];
    page_.title(fmt::format("**interface** `{}`", one.name));
    page_.paragraph(analysis_.doc(one.where));
    if (!one.extends.empty()) page_.line("extends " + joined(one.extends, name_text));
    for (const InterfaceEndpoint& endpoint : one.endpoints) {
      page_.line(fmt::format("endpoint `{}`{}", endpoint.name.text, signature_text(endpoint)));
    }
    std::vector<std::string_view> fitting = analysis_.catalog().fitting({TypeRef::Kind::Interface, symbol.owner});
    if (fitting.empty()) return;
    const std::size_t count = fitting.size();
    fitting.resize(std::min(count, most_lines));
    page_.line("components: " + joined(fitting, ticked) + (count > most_lines ? ", …" : ""));
  }

  template <class Endpoint>
  static std::string signature_text(const Endpoint& endpoint) {
    std::string text;
    if (endpoint.signature) text += fmt::format(": `{}`", endpoint.signature->value);
    if (endpoint.protocol) text += fmt::format(" ({})", word(endpoint.protocol->value));
    return text;
  }

  void component(const Symbol& symbol) {
    const ComponentDefinition& one = spec_.components[symbol.owner];
    page_.title(fmt::format("**component** `{}`", one.name));
    page_.paragraph(analysis_.doc(one.where));
    const Component& whole = analysis_.catalog().component(symbol.owner);
    if (one.extends) page_.line("extends " + name_text(*one.extends));
    if (!whole.implements.empty()) {
      page_.line("implements " +
                 joined(whole.implements, [](const Implemented& item) { return name_text(item.item); }));
    }
    if (whole.runtime == RuntimeKind::Dynamo) page_.line("runtime `dynamo`");
    const auto endpoints = endpoints_of_component(analysis_, symbol.owner);
    if (!endpoints.empty()) page_.line("endpoints: " + joined(endpoints, ticked));
    for (const ClientDefinition* client : clients_of_component(analysis_, symbol.owner)) {
      page_.line(fmt::format("client `{}`: `{}`", client->name.text, arity_and_type(client->arity, client->type.text)));
    }
    for (const ParamDefinition* param : params_of_component(analysis_, symbol.owner)) {
      page_.line(fmt::format("param `{}`: `{}`", param->name.text, declared(*param)));
    }
    if (whole.command != nullptr && !whole.command->empty()) {
      std::string command;
      for (const Text& text : *whole.command) command += (command.empty() ? "" : " ") + text.as_written();
      page_.line("runs `" + command + "`");
    }
  }

  void spec(const Symbol& symbol) {
    const SpecDefinition& one = spec_.specs[symbol.owner];
    page_.title(fmt::format("**spec** `{}`", one.name));
    page_.paragraph(analysis_.doc(one.where));
    if (one.extends) page_.line("extends " + name_text(*one.extends));
    for (const std::size_t index : analysis_.chain_of_spec(symbol.owner)) {
      if (!spec_.specs[index].entry) continue;
      page_.line("entry: " + name_text(*spec_.specs[index].entry));
      break;
    }
    for (const SlotDefinition* slot : slots_of_spec(analysis_, symbol.owner)) {
      page_.line(fmt::format("slot `{}`: `{}`", slot->name.text, slot_text(*slot)));
    }
    for (const SlotDefinition* slot : sidecars_of_spec(analysis_, symbol.owner)) {
      page_.line(fmt::format("sidecar `{}`: `{}`", slot->name.text, slot_text(*slot)));
    }
    for (const ParamDefinition* param : params_of_spec(analysis_, symbol.owner)) {
      page_.line(fmt::format("param `{}`: `{}`", param->name.text, declared(*param)));
    }
  }

  static std::string slot_text(const SlotDefinition& slot) {
    std::string text = arity_and_type(slot.arity, slot.type.text);
    if (!slot.defaults.empty()) text += " = " + joined(slot.defaults, [](const Name& name) { return name.text; });
    return text;
  }

  void graph(const Symbol& symbol) {
    const GraphDefinition& one = spec_.graphs[symbol.owner];
    page_.title(fmt::format("**graph** `{}`", one.name));
    page_.paragraph(analysis_.doc(one.where));
    if (one.extends) page_.line("extends " + name_text(*one.extends));
    if (const auto of = analysis_.spec_of_graph(symbol.owner)) page_.line("spec " + ticked(spec_.specs[*of].name));
    const CheckedGraph* checked = analysis_.graph(symbol.owner);
    if (checked == nullptr) return;
    for (const BoundSlot& slot : checked->model.slots) page_.line(bound_text("slot", slot));
    for (const BoundSlot& slot : checked->model.sidecars) page_.line(bound_text("sidecar", slot));
  }

  std::string bound_text(std::string_view what, const BoundSlot& slot) const {
    const std::string components =
        joined(slot.items, [&](const BoundItem& item) { return ticked(spec_.components[item.component].name); });
    return fmt::format("{} `{}`: {}", what, slot.name, slot.empty() ? "empty" : components);
  }

  void slot(const Symbol& symbol) {
    page_.title(fmt::format("**{}** `{}`{}", word(symbol.kind), symbol.name, of_owner(symbol)));
    if (symbol.owner_kind == NameKind::Spec) {
      if (const SlotDefinition* slot = place_of_spec(analysis_, symbol.owner, symbol.name)) {
        page_.line(fmt::format("takes `{}`", arity_and_type(slot->arity, slot->type.text)));
        if (!slot->defaults.empty()) page_.line("by default " + joined(slot->defaults, name_text));
      }
    }
    if (owner_.kind != NameKind::Graph || !owner_.index) return;
    const CheckedGraph* checked = analysis_.graph(*owner_.index);
    if (checked == nullptr) return;
    const BoundSlot* bound = checked->model.find_slot(symbol.name);
    if (bound == nullptr) bound = checked->model.find_sidecar(symbol.name);
    if (bound == nullptr) return;
    if (bound->empty()) page_.line(fmt::format("empty in graph `{}`", checked->model.name));
    for (const BoundItem& item : bound->items) {
      page_.line(fmt::format("in graph `{}`: `{}`, {} at {}", checked->model.name,
                             spec_.components[item.component].name, item.by_default ? "by default" : "bound",
                             short_place(item.use.where)));
    }
  }

  void endpoint(const Symbol& symbol) {
    page_.title(fmt::format("**endpoint** `{}`{}", symbol.name, of_owner(symbol)));
    if (symbol.owner_kind == NameKind::Interface) {
      for (const InterfaceEndpoint& one : spec_.interfaces[symbol.owner].endpoints) {
        if (one.name.text != symbol.name) continue;
        if (one.signature) page_.line(ticked(one.signature->value));
        if (one.protocol) page_.line(fmt::format("protocol `{}`", word(one.protocol->value)));
      }
      return;
    }
    const Component& whole = analysis_.catalog().component(symbol.owner);
    for (const EndpointDefinition& one : whole.endpoints) {
      if (one.name.text != symbol.name) continue;
      if (one.signature) page_.line(ticked(one.signature->value));
      page_.line(fmt::format("protocol `{}`", word(protocol_of(one, whole.runtime))));
      if (has_port(one, whole.runtime)) {
        page_.line(fmt::format("port {}", one.port ? ticked(one.port->text.as_written()) : "`auto`"));
      }
      if (one.path) page_.line(fmt::format("path `{}`", one.path->value));
    }
  }

  void client(const Symbol& symbol) {
    page_.title(fmt::format("**client** `{}`{}", symbol.name, of_owner(symbol)));
    for (const ClientDefinition* one : clients_of_component(analysis_, symbol.owner)) {
      if (one->name.text != symbol.name) continue;
      page_.line(fmt::format("needs `{}`", arity_and_type(one->arity, one->type.text)));
    }
    std::size_t lines = 0;
    each_graph([&](const CheckedGraph& graph) {
      for (const Connection& connection : graph.wired.connections) {
        if (connection.client->definition.name.text != symbol.name || !uses(*connection.instance, symbol.owner))
          continue;
        if (lines++ >= most_lines) return;
        page_.line(fmt::format("in graph `{}`, slot `{}`: {}", graph.model.name, connection.instance->slot->name,
                               connection.targets.empty() && connection.slots.empty()
                                   ? "unconnected"
                                   : joined(connection.slots, ticked) + joined(connection.urls, ticked)));
      }
    });
  }

  /// The graph around the place, or else all.
  template <class Visit>
  void each_graph(Visit visit) const {
    for (std::size_t index = 0; index < spec_.graphs.size(); ++index) {
      if (owner_.kind == NameKind::Graph && owner_.index && *owner_.index != index) continue;
      if (const CheckedGraph* graph = analysis_.graph(index)) visit(*graph);
    }
  }

  bool uses(const Instance& instance, std::size_t component) const {
    const auto chain = analysis_.chain_of_component(instance.item->component);
    return std::find(chain.begin(), chain.end(), component) != chain.end();
  }

  static std::string value_text(const ParamState& state) {
    switch (state.kind) {
      case ParamState::Kind::Known:
      case ParamState::Kind::Unknown: return ticked(state.text);
      case ParamState::Kind::Unset: return "not set";
      case ParamState::Kind::Broken: return "unreadable";
    }
    return {};
  }

  void param(const Symbol& symbol) {
    page_.title(fmt::format("**param** `{}`{}", symbol.name, of_owner(symbol)));
    const bool of_spec = symbol.owner_kind == NameKind::Spec;
    const auto params =
        of_spec ? params_of_spec(analysis_, symbol.owner) : params_of_component(analysis_, symbol.owner);
    for (const ParamDefinition* one : params) {
      if (one->name.text == symbol.name) page_.line(ticked(declared(*one)));
    }
    std::size_t lines = 0;
    each_graph([&](const CheckedGraph& graph) {
      if (of_spec) {
        const auto chain = analysis_.chain_of_spec(graph.model.spec_index);
        const auto state = graph.values.graph.find(symbol.name);
        if (std::find(chain.begin(), chain.end(), symbol.owner) == chain.end() || state == graph.values.graph.end())
          return;
        if (lines++ >= most_lines) return;
        page_.line(fmt::format("in graph `{}`: {}{}", graph.model.name, value_text(state->second),
                               origin(graph.model.params, symbol.name)));
        return;
      }
      for (const Instance& instance : graph.values.instances) {
        const auto state = instance.params.find(symbol.name);
        if (!uses(instance, symbol.owner) || state == instance.params.end()) continue;
        if (lines++ >= most_lines) return;
        page_.line(fmt::format("in graph `{}`, slot `{}`: {}{}", graph.model.name, instance.slot->name,
                               value_text(state->second), origin(instance.item->tune.params, symbol.name)));
      }
    });
  }

  static std::string origin(const std::vector<ParamValue>& values, const std::string& name) {
    for (const ParamValue& one : values) {
      if (one.name.text == name) return ", set at " + short_place(one.name.where);
    }
    return ", by default";
  }

  const Analysis& analysis_;
  const Spec& spec_;
  const Owner& owner_;
  Page page_;
};

std::optional<Hover> hover_key(const std::string& path, std::string_view text, std::uint32_t byte) {
  std::uint32_t begin = byte;
  std::uint32_t end = byte;
  while (begin > 0 && is_key_letter(text[begin - 1])) --begin;
  while (end < text.size() && is_key_letter(text[end])) ++end;
  if (begin == end) return std::nullopt;
  const Cursor cursor = find_cursor(text, end);
  const std::string_view name = text.substr(begin, end - begin);
  if (!cursor.has_colon || cursor.begin != begin) return std::nullopt;
  const GrammarPosition position = follow(cursor.path);
  const grammar::Value* mapping = position.value == nullptr ? nullptr : grammar::as_mapping(*position.value);
  if (mapping == nullptr || mapping->kind != grammar::Value::Kind::Mapping) return std::nullopt;
  const grammar::Key* key = mapping->mapping->find(name);
  if (key == nullptr) return std::nullopt;
  Page page;
  page.title(fmt::format("`{}` of {}", key->name, mapping->mapping->title));
  page.paragraph(std::string(key->doc));
  return Hover{page.text(), {path, begin, end}};
}

}  // namespace

std::optional<Hover> hover(const Project& project, const std::string& path, std::string_view text, std::uint32_t byte) {
  byte = std::min(byte, static_cast<std::uint32_t>(text.size()));
  const Occurrence* here = project.symbols->at(path, byte);
  if (here == nullptr) return hover_key(path, text, byte);
  const Owner owner = owner_of(*project.analysis, path, find_cursor(text, here->where.end).path);
  Describer describer(project, owner);
  const FileRange where{path, here->where.begin, here->where.end};
  return Hover{describer.describe((*project.symbols)[here->symbol]), where};
}

}  // namespace dynamo
