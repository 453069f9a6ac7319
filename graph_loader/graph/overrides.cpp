#include "graph_loader/graph/overrides.h"

#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/binding_reader.h"
#include "graph_loader/spec/grammar.h"
#include "graph_loader/spec/shape.h"
#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/wording.h"
#include "graph_loader/yaml/parse.h"

#include <fmt/format.h>

#include <algorithm>

namespace dynamo {
namespace {

struct PathWord {
  std::string text;
  Span where;
};

struct Override {
  const SourceFile* file = nullptr;
  bool remove = false;  ///< ~NAME
  std::vector<PathWord> path;
  std::uint32_t value_at = 0;  ///< of VALUE, in bytes
};

class OverrideReader {
 public:
  OverrideReader(const OverrideTarget& target, Sources& sources, std::deque<SyntaxTree>& trees, DiagnosticSink& sink)
      : target_(target), hints_(target), sources_(sources), trees_(trees), sink_(sink), shape_(sink) {}

  GraphOverrides run(const std::vector<std::string>& words) {
    std::vector<Override> all;
    int line = 2;
    for (const std::string& word : words) {
      const SourceFile& file = sources_.add("command line", word, line++);
      if (auto one = parse(file)) all.push_back(std::move(*one));
    }
    // Components are chosen first, so that tuning is about what is bound then.
    for (const Override& one : all) {
      if (one.path.size() == 1 && target_.is_place(one.path.front().text)) choose(one);
    }
    for (const Override& one : all) {
      if (one.path.size() != 1 || !target_.is_place(one.path.front().text)) tune(one);
    }
    return std::move(result_);
  }

 private:
  std::optional<Override> parse(const SourceFile& file) {
    const std::string_view text = file.text();
    Override result;
    result.file = &file;
    const auto span = [&](std::size_t begin, std::size_t end) {
      return Span{&file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    };
    const auto unreadable = [&](std::string reason) -> std::optional<Override> {
      result_.reported = true;
      std::string help = hints_.about_word(text);
      if (help.empty()) help = "write `SLOT=COMPONENT`, `SLOT.replicas=2`, `PARAM=VALUE` or `~SLOT`";
      report(sink_, codes::bad_override, span(0, text.size()), fmt::format("`{}` is not an override", text))
          .label(std::move(reason))
          .help(std::move(help));
      return std::nullopt;
    };
    std::size_t begin = 0;
    std::size_t end = text.find('=');
    if (text.starts_with('~')) {
      result.remove = true;
      begin = 1;
      if (end != std::string_view::npos) return unreadable("`~NAME` takes no value");
      end = text.size();
    } else if (end == std::string_view::npos) {
      return unreadable("it has no `=`");
    }
    while (true) {
      const std::size_t dot = std::min(text.find('.', begin), end);
      const std::string_view word = text.substr(begin, dot - begin);
      // Variables may begin with an underscore.
      if (!is_name(word) && !is_variable(word)) return unreadable("its path is not made of names");
      result.path.push_back({std::string(word), span(begin, dot)});
      if (dot == end) break;
      begin = dot + 1;
    }
    if (result.remove && result.path.size() != 1) return unreadable("`~` takes the name of a slot or sidecar");
    result.value_at = static_cast<std::uint32_t>(std::min(end + 1, text.size()));
    return result;
  }

  static OverridePath words_of(const Override& one) {
    OverridePath result;
    for (const PathWord& word : one.path) result.push_back(word.text);
    return result;
  }

  static std::string_view value_of(const Override& one) { return one.file->text().substr(one.value_at); }

  /// Tells what can be meant, if the names alone tell it: "write `backend.resources.gpus=2`".
  bool tell_meant(DiagnosticBuilder& diagnostic, const Override& one) const {
    constexpr std::size_t most = 4;
    if (one.remove) return false;
    const std::vector<OverridePath> paths = hints_.meant(words_of(one));
    std::vector<std::string> texts;
    for (const OverridePath& path : paths) {
      if (texts.size() < most) texts.push_back(override_text(path, value_of(one)));
    }
    if (texts.empty()) return false;
    const std::vector<std::string_view> words(texts.begin(), texts.end());
    std::string help = fmt::format("write {}", one_of(words));
    if (const auto graph = hints_.other_graph(words_of(one))) {
      help += fmt::format(", behind the target `{}:{}`", target_.file, *graph);
    }
    diagnostic.help(std::move(help));
    return true;
  }

  DiagnosticBuilder unknown(const PathWord& word, std::string message) {
    result_.reported = true;
    return report(sink_, codes::override_unknown, word.where, std::move(message));
  }

  void unknown_first(const Override& one) {
    const PathWord& word = one.path.front();
    auto diagnostic = unknown(
        word, fmt::format("spec `{}` has no slot, sidecar or param `{}`", target_.spec->definition->name, word.text));
    if (tell_meant(diagnostic, one)) return;
    // What fits by kind is the better guess: only slots are removed and have keys, and only they take a component.
    const std::string value(value_of(one));
    const bool about_place = one.remove || one.path.size() > 1 || value == "none" || target_.is_component(value);
    std::vector<std::string_view> names = about_place ? target_.places() : target_.params();
    if (nearest(word.text, names)) {
      suggest(diagnostic, word.text, names);
      return;
    }
    for (const std::string_view name : about_place ? target_.params() : target_.places()) names.push_back(name);
    if (nearest(word.text, names)) {
      suggest(diagnostic, word.text, names);
      return;
    }
    std::string help = hints_.about_first(words_of(one), value);
    if (help.empty()) {
      suggest(diagnostic, word.text, names, "there are");
    } else {
      diagnostic.help(std::move(help));
    }
  }

  /// A node for a text that is not read as YAML.
  const Node* text_node(const Override& one) {
    SyntaxTree& tree = trees_.emplace_back();
    Node& node = tree.nodes.emplace_back();
    node.kind = NodeKind::String;
    node.where = {one.file, one.value_at, static_cast<std::uint32_t>(one.file->text().size())};
    node.text = one.file->text().substr(one.value_at);
    tree.root = &node;
    return &node;
  }

  const Node* value_node(const Override& one) {
    auto tree = parse_yaml_value(*one.file, one.value_at);
    if (!tree) {
      result_.reported = true;
      report(sink_, codes::bad_override, {one.file, 0, static_cast<std::uint32_t>(one.file->text().size())},
             fmt::format("the value of `{}` cannot be read", one.file->text()))
          .help("the value is YAML on one line: `2`, `text`, `[a, b]` or `{key: value}`");
      return nullptr;
    }
    return trees_.emplace_back(std::move(*tree)).root;
  }

  BindingDefinition& place(const PathWord& name) {
    auto& list = target_.is_slot(name.text) ? result_.layer.bind : result_.layer.sidecars;
    BindingDefinition& binding = list.emplace_back();
    binding.slot = {name.text, name.where};
    binding.scope = target_.scope;
    binding.from_override = true;
    return binding;
  }

  void choose(const Override& one) {
    const PathWord& name = one.path.front();
    if (one.remove) {
      BindingDefinition& binding = place(name);
      binding.where = name.where;
      BindingItem item;
      item.none = true;
      item.where = name.where;
      binding.items.push_back(std::move(item));
      return;
    }
    const Node* node = value_node(one);
    if (node == nullptr) return;
    const bool sidecar = !target_.is_slot(name.text);
    if (!node->is_scalar() && !node->is_sequence()) {
      result_.reported = true;
      report(sink_, codes::bad_override, {one.file, 0, static_cast<std::uint32_t>(one.file->text().size())},
             fmt::format("`{}` must be set to a component, a list of them, or `none`", name.text))
          .help(fmt::format("set one key of the binding: `{}.replicas=2`", name.text));
      return;
    }
    BindingDefinition binding = read_binding({name.text, name.where}, *node, target_.scope, sidecar, shape_);
    binding.from_override = true;
    (sidecar ? result_.layer.sidecars : result_.layer.bind).push_back(std::move(binding));
  }

  void tune(const Override& one) {
    const PathWord& name = one.path.front();
    const bool known_param = target_.is_param(name.text);
    if (!target_.is_place(name.text) && !(known_param && one.path.size() == 1)) {
      if (!known_param) return unknown_first(one);
      unknown(one.path[1], fmt::format("param `{}` has no `{}`", name.text, one.path[1].text))
          .help(fmt::format("it is one value: write `{}={}`", name.text, value_of(one)));
      return;
    }
    if (one.remove) {
      unknown(name, fmt::format("`{}` is a param and cannot be removed", name.text))
          .help(fmt::format("give it another value: `{}=VALUE`", name.text));
      return;
    }
    if (!target_.is_place(name.text)) {
      ParamValue value;
      value.name = {name.text, name.where};
      value.node = text_node(one);
      value.is_text = true;
      value.text = read_text(*value.node, sink_);
      merge_params(result_.layer.params, {value});
      return;
    }
    tune_place(one);
  }

  /// The words after the slot lead along the grammar of a binding; false after a report.
  bool check_path(const Override& one, bool sidecar) {
    const grammar::Mapping* mapping = sidecar ? &grammar::sidecar : &grammar::binding;
    for (std::size_t depth = 1; depth < one.path.size(); ++depth) {
      const PathWord& word = one.path[depth];
      if (mapping == nullptr) {
        const auto above = static_cast<std::ptrdiff_t>(depth);
        const OverridePath words = words_of(one);
        unknown(word, fmt::format("`{}` has no key `{}`", words[depth - 1], word.text))
            .help(fmt::format("it is one value: write `{}`",
                              override_text({words.begin(), words.begin() + above}, value_of(one))));
        return false;
      }
      if (mapping->is_fixed(word.text)) {
        result_.reported = true;
        report(sink_, codes::binding_redefines, word.where,
               depth == 1 ? fmt::format("a binding cannot set `{}`", word.text)
                          : fmt::format("a binding cannot set `{}` of an endpoint", word.text))
            .note("a binding tunes a component; what the component is stays as it was defined")
            .help(fmt::format("define a component that `extends` it, and bind that: `{}=COMPONENT`",
                              one.path.front().text));
        return false;
      }
      const bool is_use = depth == 1 && word.text == "use";
      const grammar::Key* key = is_use ? nullptr : mapping->find(word.text);
      if (key == nullptr) {
        std::vector<std::string_view> names;
        for (const grammar::Key& known : mapping->keys) {
          if (depth > 1 || known.name != "use") names.push_back(known.name);
        }
        const std::string who = depth == 1 ? "a binding" : fmt::format("`{}`", one.path[depth - 1].text);
        auto diagnostic = unknown(word, is_use ? std::string("`use` is left out in an override")
                                               : fmt::format("{} has no key `{}`", who, word.text));
        if (!tell_meant(diagnostic, one)) suggest(diagnostic, word.text, names, "there are");
        return false;
      }
      const grammar::Value* inside = grammar::as_mapping(key->value);
      if (inside != nullptr && inside->kind == grammar::Value::Kind::Table && depth + 1 < one.path.size()) {
        ++depth;  // a name of the user, checked when the binding is read
        inside = grammar::as_mapping(*inside->item);
      }
      mapping = inside == nullptr ? nullptr : inside->mapping;
    }
    return true;
  }

  /// `SLOT.a.b=VALUE` is the binding `{a: {b: VALUE}}`.
  void tune_place(const Override& one) {
    const bool sidecar = !target_.is_slot(one.path.front().text);
    if (!check_path(one, sidecar)) return;
    const PathWord& key = one.path[1];
    const bool as_text = one.path.size() == 3 && (key.text == "env" || key.text == "params");
    const Node* value = as_text ? text_node(one) : value_node(one);
    if (value == nullptr) return;

    SyntaxTree& tree = trees_.emplace_back();
    const auto scalar = [&](const PathWord& word) {
      Node& node = tree.nodes.emplace_back();
      node.kind = NodeKind::String;
      node.where = word.where;
      node.text = tree.texts.emplace_back(word.text);
      return &node;
    };
    const Node* inside = value;
    for (std::size_t depth = one.path.size(); depth-- > 1;) {
      const Node* key_node = scalar(one.path[depth]);
      // An empty value stands at its key.
      if (inside->kind == NodeKind::Null && inside == value) {
        Node& null = tree.nodes.emplace_back(*value);
        null.where = key_node->where;
        inside = &null;
      }
      Node& mapping = tree.nodes.emplace_back();
      mapping.kind = NodeKind::Mapping;
      mapping.where = {one.file, one.path[depth].where.begin, static_cast<std::uint32_t>(one.file->text().size())};
      mapping.entries.push_back({key_node, inside});
      inside = &mapping;
    }
    tree.root = inside;
    BindingDefinition binding =
        read_binding({one.path.front().text, one.path.front().where}, *inside, target_.scope, sidecar, shape_);
    binding.from_override = true;
    for (BindingItem& item : binding.items) {
      for (ParamValue& param : item.tune.params) param.is_text = as_text;
    }
    (sidecar ? result_.layer.sidecars : result_.layer.bind).push_back(std::move(binding));
  }

  const OverrideTarget& target_;
  const OverrideHints hints_;
  Sources& sources_;
  std::deque<SyntaxTree>& trees_;
  DiagnosticSink& sink_;
  Shape shape_;
  GraphOverrides result_;
};

}  // namespace

GraphOverrides read_overrides(const std::vector<std::string>& words, const OverrideTarget& target, Sources& sources,
                              std::deque<SyntaxTree>& trees, DiagnosticSink& sink) {
  return OverrideReader(target, sources, trees, sink).run(words);
}

}  // namespace dynamo
