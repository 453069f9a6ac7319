#include "graph_loader/graph/params.h"

#include "graph_loader/graph/graph_sink.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/quantity.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace dynamo {
namespace {

std::string type_words(const ParamDefinition& param) {
  if (param.type != ParamType::Enum) return std::string(word(param.type));
  std::string list;
  for (const std::string& choice : param.choices) list += (list.empty() ? "" : "|") + choice;
  return fmt::format("enum({})", list);
}

boost::json::value json_text(std::string_view text) {
  return boost::json::value(boost::json::string(text.data(), text.size()));
}

/// The value of one reference: nullopt when it is not known here.
struct Looked {
  enum class Kind { Value, Unset, Open, Broken } kind = Kind::Open;
  std::string text;
  const boost::json::value* typed = nullptr;
};

Looked look_up(const ParamTable* table, std::string_view name) {
  if (table == nullptr) return {};
  const auto found = table->find(name);
  if (found == table->end()) return {Looked::Kind::Unset, {}, nullptr};
  switch (found->second.kind) {
    case ParamState::Kind::Known: return {Looked::Kind::Value, found->second.text, &found->second.value};
    case ParamState::Kind::Unset: return {Looked::Kind::Unset, {}, nullptr};
    case ParamState::Kind::Unknown: return {Looked::Kind::Open, {}, nullptr};
    case ParamState::Kind::Broken: return {Looked::Kind::Broken, {}, nullptr};
  }
  return {};
}

Looked look_up(const Reference& reference, const EvaluationScope& scope) {
  switch (reference.scope) {
    case ReferenceScope::Params: return look_up(scope.params, reference.name);
    case ReferenceScope::Graph: return look_up(scope.graph, reference.name);
    case ReferenceScope::Env: {
      if (scope.env == nullptr) return {};
      const auto found = scope.env->find(reference.name);
      if (found == scope.env->end()) return {Looked::Kind::Unset, {}, nullptr};
      return {Looked::Kind::Value, found->second, nullptr};
    }
    case ReferenceScope::Self: {
      if (scope.self == nullptr) return {};
      const auto found = scope.self->find(reference.name);
      if (found == scope.self->end()) return {};
      return {Looked::Kind::Value, found->second, nullptr};
    }
    case ReferenceScope::Clients: return {};
    case ReferenceScope::Unknown: return {Looked::Kind::Broken, {}, nullptr};
  }
  return {};
}

void report_unset(const Reference& reference, const EvaluationScope& scope, DiagnosticSink& sink) {
  const bool is_env = reference.scope == ReferenceScope::Env;
  const std::string what = is_env                                    ? "environment variable"
                           : reference.scope == ReferenceScope::Self ? "`self`:"
                                                                     : "param";
  auto diagnostic = report(sink, is_env ? codes::env_not_set : codes::param_not_set, reference.where,
                           reference.fallback == Fallback::Error && !reference.fallback_text.empty()
                               ? fmt::format("{} `{}`: {}", what, reference.name, reference.fallback_text)
                               : fmt::format("{} `{}` is not set", what, reference.name));
  diagnostic.in_graph(scope.checked_graph);
  if (is_env) {
    diagnostic.help(
        fmt::format("set it, put it into a file for `--env-file`, or give a value for its absence: `${{env.{}:-text}}`",
                    reference.name));
  }
}

}  // namespace

std::optional<std::string> Evaluated::known() const {
  if (broken || !value.is_literal()) return std::nullopt;
  return value.as_written();
}

Evaluated evaluate(const Text& text, const EvaluationScope& scope, DiagnosticSink& sink) {
  Evaluated result;
  const auto literal = [&](std::string_view value) {
    if (value.empty()) return;
    auto& parts = result.value.parts;
    if (!parts.empty() && !parts.back().reference) {
      parts.back().text += value;
    } else {
      parts.push_back({std::string(value), std::nullopt});
    }
  };
  for (const Piece& piece : text.pieces) {
    if (!piece.reference) {
      literal(piece.literal);
      continue;
    }
    const Reference& reference = *piece.reference;
    const Looked looked = look_up(reference, scope);
    switch (looked.kind) {
      case Looked::Kind::Broken: result.broken = true; break;
      case Looked::Kind::Open: {
        RunReference open{fmt::format("{}.{}", word(reference.scope), reference.name), reference.fallback,
                          reference.fallback_text};
        result.value.parts.push_back({reference.as_written, std::move(open)});
        break;
      }
      case Looked::Kind::Value:
      case Looked::Kind::Unset:
        if (!looked.text.empty()) {
          literal(looked.text);
          if (text.pieces.size() == 1 && looked.typed != nullptr) result.whole = *looked.typed;
        } else if (reference.fallback == Fallback::Default) {
          literal(reference.fallback_text);
        } else if (reference.fallback == Fallback::Error) {
          report_unset(reference, scope, sink);
          result.broken = true;
        } else if (looked.kind == Looked::Kind::Unset) {
          // An unset param was reported where it should have been set, an unknown one where it stands.
          if (reference.scope == ReferenceScope::Env) report_unset(reference, scope, sink);
          result.broken = true;
        }
        break;
    }
  }
  return result;
}

std::optional<boost::json::value> convert(const ParamDefinition& param, std::string_view text) {
  switch (param.type) {
    case ParamType::String: return json_text(text);
    case ParamType::Int:
      if (const auto value = parse_integer(text)) return boost::json::value(*value);
      return std::nullopt;
    case ParamType::Number:
      if (const auto whole = parse_integer(text)) return boost::json::value(*whole);
      if (const auto value = parse_number(text)) return boost::json::value(*value);
      return std::nullopt;
    case ParamType::Bool:
      if (const auto value = parse_bool(text)) return boost::json::value(*value);
      return std::nullopt;
    case ParamType::Time: return parse_duration(text) ? std::optional(json_text(text)) : std::nullopt;
    case ParamType::Size: return parse_size(text) ? std::optional(json_text(text)) : std::nullopt;
    case ParamType::Enum:
      if (std::find(param.choices.begin(), param.choices.end(), text) == param.choices.end()) return std::nullopt;
      return json_text(text);
  }
  return std::nullopt;
}

void report_param_value(const ParamDefinition& param, std::string_view text, Span where,
                        const std::optional<std::string>& graph, DiagnosticSink& sink) {
  const bool choice = param.type == ParamType::Enum;
  auto diagnostic =
      report(sink, choice ? codes::param_choice : codes::param_type, where,
             choice ? fmt::format("param `{}` cannot be `{}`", param.name.text, text)
                    : fmt::format("param `{}` is of type {}, not `{}`", param.name.text, word(param.type), text));
  diagnostic.in_graph(graph).also(param.where, fmt::format("declared as `{}`", type_words(param)));
  const bool written_here = where && where.text().find(text) != std::string_view::npos;
  if (choice && written_here) suggest_fix(diagnostic, where, text, {param.choices.begin(), param.choices.end()});
  if (param.type == ParamType::Time) diagnostic.help("write a number with its unit: `500ms`, `30s`, `10m` or `1h`");
  if (param.type == ParamType::Size) diagnostic.help("write a number with its unit: `512Mi`, `32Gi` or `64G`");
}

namespace {

class ParamEvaluator {
 public:
  ParamEvaluator(const ParamRequest& request, const EvaluationScope& scope, DiagnosticSink& sink)
      : request_(request), scope_(scope), sink_(sink) {}

  ParamTable run() {
    for (const ParamDefinition& one : *request_.definitions) definitions_.emplace(one.name.text, &one);
    for (const ParamValue& one : *request_.values) values_.emplace(one.name.text, &one);
    if (sees_itself_as_graph() && scope_.graph != nullptr) graph_view_ = *scope_.graph;
    bool has_unknown = false;
    for (const ParamValue& value : *request_.values) {
      if (definitions_.count(value.name.text) != 0) continue;
      has_unknown = true;
      std::vector<std::string_view> names;
      for (const ParamDefinition& one : *request_.definitions) names.push_back(one.name.text);
      auto diagnostic = report(sink_, codes::unknown_param, value.name.where,
                               fmt::format("{} has no param `{}`", request_.owner, value.name.text));
      diagnostic.in_graph(scope_.checked_graph);
      suggest_fix(diagnostic, value.name.where, value.name.text, names, "its params are");
    }
    for (const ParamDefinition& param : *request_.definitions) resolve(param);
    if (!has_unknown && !request_.silent_missing) report_missing();
    return std::move(table_);
  }

 private:
  void report_missing() {
    for (const ParamDefinition& param : *request_.definitions) {
      if (table_[param.name.text].kind != ParamState::Kind::Unset) continue;
      report(sink_, codes::param_not_set, request_.owner_where,
             fmt::format("{} needs a value for param `{}`", request_.owner, param.name.text))
          .in_graph(scope_.checked_graph)
          .also(param.where, "required: it has no default")
          .help(fmt::format(fmt::runtime(request_.how_to_set), param.name.text));
    }
  }

  /// The param, after those that its text refers to. Without recursion: a chain may be as long as the list.
  void resolve(const ParamDefinition& first) {
    struct Step {
      const ParamDefinition* param;
      std::vector<const ParamDefinition*> needs;
    };
    std::vector<Step> path;
    const auto open = [&](const ParamDefinition& param) {
      if (table_.count(param.name.text) != 0) return;
      ParamState seen_in_a_cycle;  // the cycle is reported as DG0608
      seen_in_a_cycle.kind = ParamState::Kind::Broken;
      set(param, std::move(seen_in_a_cycle));
      path.push_back({&param, needs_of(param)});
    };
    open(first);
    while (!path.empty()) {
      Step& step = path.back();
      if (step.needs.empty()) {
        const ParamDefinition& param = *step.param;
        path.pop_back();
        set(param, compute(param));
        continue;
      }
      const ParamDefinition* next = step.needs.back();
      step.needs.pop_back();
      const auto begin = std::find_if(path.begin(), path.end(), [&](const Step& one) { return one.param == next; });
      if (begin == path.end()) {
        open(*next);
      } else {
        std::vector<const ParamDefinition*> cycle;
        for (auto one = begin; one != path.end(); ++one) cycle.push_back(one->param);
        report_cycle(cycle);
      }
    }
  }

  /// One that goes through a value; those of defaults alone are told where they are declared.
  void report_cycle(const std::vector<const ParamDefinition*>& cycle) {
    const auto has_value = [&](const ParamDefinition* one) { return values_.contains(one->name.text); };
    if (std::none_of(cycle.begin(), cycle.end(), has_value)) return;
    std::string chain;
    for (const ParamDefinition* one : cycle) chain += fmt::format("`{}` needs ", one->name.text);
    const ParamDefinition& last = *cycle.back();
    const auto value = values_.find(last.name.text);
    const Span where = value == values_.end() ? last.default_value->where : value->second->text.where;
    auto diagnostic = report(sink_, codes::param_cycle, where,
                             fmt::format("param `{}` needs its own value", cycle.front()->name.text));
    diagnostic.in_graph(scope_.checked_graph).note(fmt::format("{}`{}`", chain, cycle.front()->name.text));
    for (const ParamDefinition* one : cycle) {
      const auto set = values_.find(one->name.text);
      if (set == values_.end() || set->second->text.where == where) continue;
      diagnostic.also(set->second->text.where, fmt::format("`{}` is set here", one->name.text));
    }
  }

  /// Params of a spec and values of a graph refer to each other as `graph.NAME`.
  [[nodiscard]] bool sees_itself_as_graph() const { return !request_.defaults_see_params || request_.values_see_this; }

  void set(const ParamDefinition& param, ParamState state) {
    if (sees_itself_as_graph()) graph_view_.insert_or_assign(param.name.text, state);
    table_.insert_or_assign(param.name.text, std::move(state));
  }

  /// The params of this list that the text of a param refers to, the last one first.
  std::vector<const ParamDefinition*> needs_of(const ParamDefinition& param) const {
    std::vector<const ParamDefinition*> result;
    const auto value = values_.find(param.name.text);
    const bool is_default = value == values_.end();
    if (is_default && !param.default_value) return result;
    const Text& text = is_default ? *param.default_value : value->second->text;
    const bool sees_params = is_default && request_.defaults_see_params;
    const bool sees_graph = (is_default && !request_.defaults_see_params) || request_.values_see_this;
    for (auto piece = text.pieces.rbegin(); piece != text.pieces.rend(); ++piece) {
      if (!piece->reference) continue;
      const ReferenceScope scope = piece->reference->scope;
      const bool seen =
          (sees_params && scope == ReferenceScope::Params) || (sees_graph && scope == ReferenceScope::Graph);
      const auto other = seen ? definitions_.find(piece->reference->name) : definitions_.end();
      if (other != definitions_.end()) result.push_back(other->second);
    }
    return result;
  }

  ParamState compute(const ParamDefinition& param) {
    ParamState result;
    if (!param.readable) {
      result.kind = ParamState::Kind::Broken;
      return result;
    }
    const auto value = values_.find(param.name.text);
    if (value != values_.end()) return from_value(param, *value->second);
    if (!param.default_value) return result;
    return from_text(param, *param.default_value, request_.defaults_see_params, true);
  }

  ParamState from_value(const ParamDefinition& param, const ParamValue& value) {
    ParamState broken;
    broken.kind = ParamState::Kind::Broken;
    if (value.node != nullptr && !value.is_text) {
      const Node& node = *value.node;
      const bool as_text = node.kind == NodeKind::String || param.type == ParamType::Enum;
      const bool number = node.kind == NodeKind::Int || node.kind == NodeKind::Float;
      const bool fits = (node.is_scalar() && node.kind != NodeKind::Null) &&
                        (as_text || (number && (param.type == ParamType::Int || param.type == ParamType::Number)) ||
                         (node.kind == NodeKind::Bool && param.type == ParamType::Bool));
      if (!fits) {
        auto diagnostic =
            report(sink_, codes::param_type, node.where,
                   fmt::format("param `{}` is of type {}, not {}", param.name.text, word(param.type), describe(node)));
        diagnostic.in_graph(scope_.checked_graph).also(param.where, fmt::format("declared as `{}`", type_words(param)));
        if (param.type == ParamType::String && node.is_scalar() && node.kind != NodeKind::Null)
          diagnostic.help(fmt::format("write `\"{}\"`", node.text));
        if (param.type == ParamType::Time && number)
          diagnostic.help(fmt::format("write it with its unit: `{}s`", node.text));
        return broken;
      }
    }
    if (!value.text.readable) return broken;
    return from_text(param, value.text, false, false);
  }

  ParamState from_text(const ParamDefinition& param, const Text& text, bool sees_params, bool is_default) {
    EvaluationScope scope = scope_;
    scope.params = sees_params ? &table_ : nullptr;
    const bool sees_graph = (is_default && !request_.defaults_see_params) || request_.values_see_this;
    if (sees_graph) scope.graph = &graph_view_;
    const Evaluated evaluated = evaluate(text, scope, sink_);
    ParamState state;
    state.where = text.where;
    if (evaluated.broken) {
      state.kind = ParamState::Kind::Broken;
      return state;
    }
    const auto known = evaluated.known();
    state.text = evaluated.value.as_written();
    if (!known) {
      state.kind = ParamState::Kind::Unknown;
      state.value = json_text(state.text);
      return state;
    }
    const auto value = convert(param, *known);
    if (!value) {
      LabelSink with_sources(sink_, sources_of(text, scope));
      report_param_value(param, *known, text.where, scope_.checked_graph, with_sources);
      state.kind = ParamState::Kind::Broken;
      return state;
    }
    state.kind = ParamState::Kind::Known;
    state.value = *value;
    return state;
  }

  const ParamRequest& request_;
  const EvaluationScope& scope_;
  DiagnosticSink& sink_;
  std::unordered_map<std::string_view, const ParamDefinition*> definitions_;
  std::unordered_map<std::string_view, const ParamValue*> values_;
  ParamTable table_;
  ParamTable graph_view_;  ///< what `graph` means to these params: they themselves, then those around them
};

/// DG0608: depth first in the order of declaration, without recursion. A param's first cycle ends the search through
/// it.
void report_cycles(const std::vector<ParamDefinition>& params, ReferenceScope scope, DiagnosticSink& sink) {
  std::unordered_map<std::string_view, const ParamDefinition*> by_name;
  for (const ParamDefinition& param : params) by_name.emplace(param.name.text, &param);
  struct Step {
    const ParamDefinition* param;
    std::size_t next = 0;  ///< piece of its default
  };
  std::vector<Step> path;
  std::unordered_map<std::string_view, std::size_t> on_path;
  std::unordered_set<std::string_view> done;
  const auto open = [&](const ParamDefinition& param) {
    on_path.emplace(param.name.text, path.size());
    path.push_back({&param});
  };
  for (const ParamDefinition& first : params) {
    if (done.count(first.name.text) == 0) open(first);
    while (!path.empty()) {
      Step& step = path.back();
      const ParamDefinition& param = *step.param;
      const std::size_t pieces = param.default_value ? param.default_value->pieces.size() : 0;
      if (step.next >= pieces) {
        on_path.erase(param.name.text);
        done.insert(param.name.text);
        path.pop_back();
        continue;
      }
      const Piece& piece = param.default_value->pieces[step.next++];
      if (!piece.reference || piece.reference->scope != scope) continue;
      const auto next = by_name.find(piece.reference->name);
      if (next == by_name.end() || done.count(next->first) != 0) continue;
      const auto begin = on_path.find(next->first);
      if (begin == on_path.end()) {
        open(*next->second);
        continue;
      }
      std::string chain;
      for (std::size_t at = begin->second; at < path.size(); ++at) {
        chain += fmt::format("`{}` needs ", path[at].param->name.text);
      }
      report(sink, codes::param_cycle, param.default_value->where,
             fmt::format("param `{}` needs its own value", next->first))
          .note(fmt::format("{}`{}`", chain, next->first));
      step.next = pieces;
    }
  }
}

}  // namespace

std::vector<Label> sources_of(const Text& text, const EvaluationScope& scope) {
  std::vector<Label> result;
  for (const Piece& piece : text.pieces) {
    if (!piece.reference) continue;
    const Reference& reference = *piece.reference;
    const ParamTable* table = reference.scope == ReferenceScope::Params  ? scope.params
                              : reference.scope == ReferenceScope::Graph ? scope.graph
                                                                         : nullptr;
    const auto found = table == nullptr ? ParamTable::const_iterator() : table->find(reference.name);
    if (table == nullptr || found == table->end() || !found->second.where) continue;
    result.push_back({found->second.where, fmt::format("`{}` has its value from here", reference.as_written)});
  }
  return result;
}

ParamTable evaluate_params(const ParamRequest& request, const EvaluationScope& scope, DiagnosticSink& sink) {
  return ParamEvaluator(request, scope, sink).run();
}

void check_defaults(const std::vector<ParamDefinition>& params, ReferenceScope scope_name, DiagnosticSink& sink) {
  for (const ParamDefinition& param : params) {
    if (!param.readable || !param.default_value || param.default_value->has_references()) continue;
    const std::string text = param.default_value->as_written();
    if (!convert(param, text)) report_param_value(param, text, param.default_value->where, std::nullopt, sink);
  }
  report_cycles(params, scope_name, sink);
}

}  // namespace dynamo
