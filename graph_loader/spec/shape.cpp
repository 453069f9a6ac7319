#include "graph_loader/spec/shape.h"

#include "graph_loader/spec/habits.h"
#include "graph_loader/spec/quantity.h"
#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/wording.h"
#include "graph_loader/yaml/lookalikes.h"
#include "graph_loader/yaml/scalar_text.h"

#include <algorithm>

namespace dynamo {
namespace {

std::vector<std::string_view> names_of(const grammar::Mapping& mapping) {
  std::vector<std::string_view> result;
  for (const grammar::Key& key : mapping.keys) result.push_back(key.name);
  return result;
}

/// Whether a value is of the kind that the grammar wants, whatever it says.
bool is_of_its_kind(const grammar::Value& rule, const Node& node) {
  using Kind = grammar::Value::Kind;
  if (node.kind == NodeKind::Null && rule.may_be_empty) return true;
  switch (rule.kind) {
    case Kind::Leaf: return node.is_scalar() && node.kind != NodeKind::Null;
    case Kind::List: return node.is_sequence();
    case Kind::Mapping:
    case Kind::Table: return node.is_mapping();
    case Kind::OneOf:
      return std::any_of(rule.choices.begin(), rule.choices.end(),
                         [&](const grammar::Value& choice) { return is_of_its_kind(choice, node); });
  }
  return false;
}

/// The boolean that YAML 1.1 would have read, or one in quotes.
std::optional<bool> meant_boolean(const Node& node) {
  if (node.kind != NodeKind::String) return std::nullopt;
  const std::string word = lower_case(node.text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// Names the character of a key that is not what it looks like; false if there is none. `is_right` tells whether the
/// key that was meant can stand here.
template <class IsRight>
bool tell_lookalike(DiagnosticBuilder& diagnostic, const Node& key, IsRight is_right) {
  const auto found = find_lookalike(key.text);
  if (!found) return false;
  diagnostic.label(found->words());
  const std::string meant = without_lookalikes(key.text);
  const std::string_view word = without_blanks(meant);
  const bool indentation = found->begin == 0 && found->kind == Lookalike::Kind::Blank && key.text.ends_with(word);
  const bool right = is_right(word);
  if (indentation) {
    diagnostic.help("indent with blanks");
  } else if (right) {
    diagnostic.help(fmt::format("write `{}`", word));
  }
  if ((!indentation && !right) || key.where.text() != key.text) return true;
  diagnostic.fix({indentation ? "write blanks" : fmt::format("write `{}`", word),
                  Applicability::Machine,
                  {{key.where, indentation ? meant : std::string(word)}}});
  return true;
}

}  // namespace

/// Tells an unknown key, and what was meant by it.
void Shape::report_unknown(const Node& node, std::size_t index, const grammar::Mapping& mapping, UnreadKeys* unread) {
  const Entry& entry = node.entries[index];
  const std::string_view key = entry.key->text;
  if (key == "kubernetes" || key == "slurm") {
    report(sink_, codes::reserved_key, entry.key->where, fmt::format("`{}` is reserved for `dynamo deploy`", key))
        .help(fmt::format("leave it out, or keep it as `x-{}`, which is ignored", key))
        .fix(replace_by(entry.key->where, fmt::format("x-{}", key), Applicability::Maybe));
    return;
  }
  const auto counts_as = [&](std::string_view meant) {
    const grammar::Key* rule = mapping.find(meant);
    if (rule != nullptr && unread != nullptr) unread->insert(rule->name);
  };
  const bool elsewhere = grammar::is_key(key);
  auto diagnostic = elsewhere ? report(sink_, codes::key_of_another_mapping, entry.key->where,
                                       fmt::format("`{}` is not a key of {}", key, mapping.title))
                              : report(sink_, codes::unknown_key, entry.key->where,
                                       fmt::format("unknown key `{}` in {}", key, mapping.title));
  if (tell_lookalike(diagnostic, *entry.key, [&](std::string_view word) { return mapping.find(word) != nullptr; })) {
    counts_as(without_blanks(without_lookalikes(key)));
    return;
  }
  if (const auto meant = meant_key(mapping, key)) {
    const bool is_here = meant->key.empty() || node.find(meant->key) != nullptr;
    if (!meant->advice.empty()) {
      diagnostic.help(std::string(meant->advice));
    } else if (!is_here) {
      diagnostic.label(fmt::format("here it is called `{}`", meant->key));
    } else {
      diagnostic.help(fmt::format("that is `{}`, which is here already", meant->key));
    }
    if (!is_here) {
      diagnostic.fix(replace_by(entry.key->where, std::string(meant->key), Applicability::Maybe));
      counts_as(meant->key);
    }
    return;
  }
  // A key without a value in front of it may be what this one belongs to.
  if (index > 0 && node.entries[index - 1].value->kind == NodeKind::Null && !node.flow) {
    const std::string_view above = node.entries[index - 1].key->text;
    const grammar::Key* rule = mapping.find(above);
    const grammar::Value* inside = rule == nullptr ? nullptr : grammar::as_mapping(rule->value);
    const bool fits =
        inside != nullptr && (inside->kind == grammar::Value::Kind::Table || inside->mapping->find(key) != nullptr);
    if (fits) {
      diagnostic.help(fmt::format("indent it more than `{}`, if it belongs there", above))
          .also(node.entries[index - 1].key->where, "this has no value");
      return;
    }
  }
  const std::vector<std::string_view> allowed = names_of(mapping);
  if (elsewhere) {
    if (auto place = right_place(mapping, key)) {
      diagnostic.help(std::move(*place));
      return;
    }
  } else if (const auto near = nearest(key, allowed)) {
    const bool is_here = node.find(*near) != nullptr;  // two of them would be no better
    if (!is_here) counts_as(*near);
    if (is_here ? suggest(diagnostic, key, allowed) : suggest_fix(diagnostic, entry.key->where, key, allowed)) return;
  }
  diagnostic.note(fmt::format("its keys are {}", all_of(allowed)));
}

/// A definition that reads like one of another kind, because the line above it is missing: told once.
bool Shape::is_of_another_kind(const Node& node, const grammar::Mapping& mapping, UnreadKeys* unread) {
  const auto kind = kind_by_keys(node, mapping);
  if (!kind || unread == nullptr) return false;
  report(sink_, codes::key_of_another_mapping, kind->key->where,
         fmt::format("`{}` is not a key of {}", kind->key->text, mapping.title))
      .label(fmt::format("this reads like {}", kind->mapping->title))
      .help(fmt::format("put it under `{}`", kind->section));
  for (const grammar::Key& key : mapping.keys) unread->insert(key.name);
  return true;
}

std::vector<KnownEntry> Shape::keys(const Node& node, const grammar::Mapping& mapping, UnreadKeys* unread) {
  std::vector<KnownEntry> result;
  if (is_of_another_kind(node, mapping, unread)) return result;
  for (std::size_t index = 0; index < node.entries.size(); ++index) {
    const Entry& entry = node.entries[index];
    if (entry.key->text.starts_with("x-")) continue;
    if (const grammar::Key* rule = mapping.find(entry.key->text)) {
      if (unread != nullptr && !is_of_its_kind(rule->value, *entry.value)) unread->insert(rule->name);
      result.push_back({entry, rule});
    } else {
      report_unknown(node, index, mapping, unread);
    }
  }
  return result;
}

std::vector<KnownEntry> Shape::keys(const Entry& entry, const grammar::Mapping& mapping, UnreadKeys* unread) {
  if (entry.value->is_mapping()) return keys(*entry.value, mapping, unread);
  if (entry.value->kind != NodeKind::Null) {
    auto diagnostic = wrong_kind(entry.value->where, mapping.title, "a mapping", describe(*entry.value));
    propose(diagnostic, *entry.value, mapping_with(mapping, *entry.value));
  }
  return {};
}

std::vector<Entry> Shape::names(const Entry& entry, std::string_view what, BadNames bad) {
  std::vector<Entry> result;
  if (!entry.value->is_mapping()) {
    if (entry.value->kind != NodeKind::Null)
      wrong_kind(entry.value->where, what, "a mapping", describe(*entry.value)).emit();
    return result;
  }
  for (const Entry& one : entry.value->entries) {
    if (one.key->text.starts_with("x-")) continue;
    if (!is_name(one.key->text)) {
      auto diagnostic =
          report(sink_, codes::bad_name, one.key->where, fmt::format("`{}` cannot be a name", one.key->text));
      diagnostic.note("a name is a letter and up to 62 letters, digits, `_` and `-`");
      tell_lookalike(diagnostic, *one.key, is_name);
      if (bad == BadNames::LeftOut) continue;
    }
    result.push_back(one);
  }
  return result;
}

const std::vector<const Node*>* Shape::items(const Node& node, std::string_view what) {
  if (node.is_sequence()) return &node.items;
  not_a_list(node, what, "a list");
  return nullptr;
}

void Shape::not_a_list(const Node& node, std::string_view what, std::string_view expected) {
  auto diagnostic = report(sink_, codes::wrong_kind, node.where, must_be(what, expected, describe(node)));
  if (node.kind == NodeKind::String && is_one_word(node.text)) {
    const std::string list = fmt::format("[{}]", scalar_text(node.text, true));
    diagnostic.help(fmt::format("write `{}`", list)).fix(replace_by(node.where, list, Applicability::Machine));
  }
}

DiagnosticBuilder Shape::wrong_kind(Span where, std::string_view what, std::string_view expected,
                                    std::string_view found) {
  return report(sink_, codes::wrong_kind, where, must_be(what, expected, found));
}

void Shape::propose(DiagnosticBuilder& diagnostic, const Node& node, const std::optional<std::string>& written,
                    Applicability applicability) {
  if (!written) return;
  diagnostic.help(fmt::format("write `{}`", *written));
  // A comment inside would be lost.
  if (node.where.text().find('#') == std::string_view::npos) {
    diagnostic.fix(replace_by(node.where, *written, applicability));
  }
}

std::optional<Located<std::string>> Shape::string(const Node& node, std::string_view what) {
  if (node.kind != NodeKind::String) {
    report(sink_, codes::wrong_kind, node.where, must_be(what, "text", describe(node))).emit();
    return std::nullopt;
  }
  if (const auto place = find_reference(node)) {
    report(sink_, codes::interpolation_not_allowed, *place, fmt::format("{} cannot hold a reference", what))
        .note(
            "references are allowed in `command`, `cwd`, `env`, probe texts and durations, `stop.grace`, `replicas`, "
            "`resources`, ports, and the defaults and values of params");
    return std::nullopt;
  }
  return Located<std::string>{std::string(node.text), node.where};
}

std::optional<Text> Shape::text(const Node& node, std::string_view what) {
  if (node.kind != NodeKind::String) {
    auto diagnostic = report(sink_, codes::wrong_kind, node.where, must_be(what, "text", describe(node)));
    if (node.is_scalar() && node.kind != NodeKind::Null) {
      diagnostic.help(fmt::format("write it in quotes: `\"{}\"`", node.text))
          .fix({"put it in quotes", Applicability::Machine, {{node.where, fmt::format("\"{}\"", node.text)}}});
    }
    return std::nullopt;
  }
  return read_text(node, sink_);
}

std::optional<Field> Shape::field(const Node& node, std::string_view what) {
  if (!node.is_scalar() || node.kind == NodeKind::Null) {
    wrong_kind(node.where, what, "one value", describe(node)).emit();
    return std::nullopt;
  }
  Text value = read_text(node, sink_);
  if (!value.readable) return std::nullopt;
  return Field{std::move(value), node.where};
}

std::optional<Name> Shape::name(const Node& node, std::string_view what) {
  if (node.kind != NodeKind::String) {
    report(sink_, codes::wrong_kind, node.where, must_be(what, "a name", describe(node))).emit();
    return std::nullopt;
  }
  const auto text = string(node, what);
  if (!text) return std::nullopt;
  const std::string_view whole = text->value;
  const auto is_good = [](std::string_view word) {
    const std::size_t dot = word.find('.');
    return dot == std::string_view::npos ? is_name(word)
                                         : is_name(word.substr(0, dot)) && is_name(word.substr(dot + 1));
  };
  if (!is_good(whole)) {
    auto diagnostic = report(sink_, codes::bad_name, node.where, fmt::format("`{}` cannot be a name", whole));
    diagnostic.note(
        "a name is a letter and up to 62 letters, digits, `_` and `-`, after `ALIAS.` where it is imported");
    tell_lookalike(diagnostic, node, is_good);
    return std::nullopt;
  }
  return Name{text->value, node.where};
}

std::optional<bool> Shape::boolean(const Node& node, std::string_view what) {
  if (node.kind == NodeKind::Bool) return parse_bool(node.text);
  if (const auto place = node.kind == NodeKind::String ? find_reference(node) : std::nullopt) {
    report(sink_, codes::interpolation_not_allowed, *place, fmt::format("{} cannot hold a reference", what)).emit();
    return std::nullopt;
  }
  auto diagnostic = report(sink_, codes::wrong_kind, node.where, must_be(what, "`true` or `false`", describe(node)));
  if (const auto meant = meant_boolean(node)) {
    const std::string text = *meant ? "true" : "false";
    diagnostic.help(fmt::format("write `{}`", text)).fix(replace_by(node.where, text, Applicability::Machine));
  }
  return std::nullopt;
}

std::optional<int> Shape::integer(const KnownEntry& entry, std::string_view what) {
  const Node& node = *entry.value;
  if (node.kind == NodeKind::String) {
    if (const auto place = find_reference(node)) {
      report(sink_, codes::interpolation_not_allowed, *place, fmt::format("{} cannot hold a reference", what)).emit();
      return std::nullopt;
    }
  }
  if (node.kind != NodeKind::Int) {
    auto diagnostic = report(sink_, codes::wrong_kind, node.where, must_be(what, "a whole number", describe(node)));
    if (node.kind == NodeKind::String && parse_integer(node.text)) {
      diagnostic.help(fmt::format("write `{}`, without quotes", node.text))
          .fix(replace_by(node.where, std::string(node.text), Applicability::Machine));
    }
    return std::nullopt;
  }
  const Field plain{Text{{{std::string(node.text), nullptr}}, node.where, true}, node.where};
  if (!check_integer(plain, what, entry.rule->value.min, entry.rule->value.max)) return std::nullopt;
  return static_cast<int>(*parse_integer(node.text));
}

void Shape::not_allowed(const Node& node, std::string_view text, std::string_view what, Keys words) {
  auto diagnostic = report(sink_, codes::not_an_allowed_word, node.where, fmt::format("{} cannot be `{}`", what, text));
  const auto meant = meant_word(text);
  if (meant && std::find(words.begin(), words.end(), *meant) != words.end()) {
    diagnostic.label(fmt::format("did you mean `{}`?", *meant))
        .fix(replace_by(node.where, std::string(*meant), Applicability::Maybe));
  } else {
    suggest_fix(diagnostic, node.where, text, {words.begin(), words.end()});
  }
  diagnostic.note(fmt::format("it is one of {}", one_of(words)));
}

bool Shape::check_duration(const Field& field, std::string_view what) {
  if (field.text.has_references() || parse_duration(field.text.as_written())) return true;
  auto diagnostic =
      report(sink_, codes::not_a_duration, field.where, fmt::format("`{}` is not a duration", field.text.as_written()));
  diagnostic.label(std::string(what)).help("write a number with its unit: `500ms`, `30s`, `10m` or `1h`");
  if (auto meant = meant_duration(field.text.as_written())) {
    diagnostic.fix(replace_by(field.where, std::move(*meant), Applicability::Machine));
  }
  return false;
}

bool Shape::check_integer(const Field& field, std::string_view what, long long min, long long max) {
  if (field.text.has_references()) return true;
  const auto value = parse_integer(field.text.as_written());
  if (!value) {
    wrong_kind(field.where, what, "a whole number", fmt::format("`{}`", field.text.as_written())).emit();
    return false;
  }
  if (*value >= min && *value <= max) return true;
  auto diagnostic =
      report(sink_, codes::out_of_range, field.where, fmt::format("{} cannot be {}", what, field.text.as_written()));
  diagnostic.note(max >= grammar::no_limit ? fmt::format("it is {} or more", min)
                                           : fmt::format("it is between {} and {}", min, max));
  return false;
}

bool Shape::check_port(const Field& field, std::string_view what) {
  if (field.text.has_references() || field.text.as_written() == "auto") return true;
  if (!parse_integer(field.text.as_written())) {
    wrong_kind(field.where, what, "a number or `auto`", fmt::format("`{}`", field.text.as_written())).emit();
    return false;
  }
  return check_integer(field, what, 1, 65535);
}

bool Shape::check_replicas(const Field& field) {
  if (field.text.has_references()) return true;
  const std::string written = field.text.as_written();
  const auto range = parse_range(written);
  if (!range) {
    wrong_kind(field.where, "`replicas`", "a number, or a range such as `1..4`", fmt::format("`{}`", written)).emit();
    return false;
  }
  if (range->min < 0 || range->max < 0 || range->max > 100'000) {
    report(sink_, codes::out_of_range, field.where, fmt::format("`replicas` cannot be {}", written))
        .note("it is between 0 and 100000");
    return false;
  }
  if (range->min > range->max) {
    report(sink_, codes::empty_range, field.where, fmt::format("the range `{}` is empty", written))
        .label("its first number is the larger one")
        .help(fmt::format("write `{}..{}`", range->max, range->min))
        .fix({"swap the two numbers",
              Applicability::Maybe,
              {{field.where, fmt::format("{}..{}", range->max, range->min)}}});
    return false;
  }
  return true;
}

bool Shape::check_cpus(const Field& field) {
  if (field.text.has_references()) return true;
  const auto value = parse_number(field.text.as_written());
  if (value && *value > 0) return true;
  report(sink_, codes::not_a_quantity, field.where, fmt::format("`cpus` cannot be `{}`", field.text.as_written()))
      .help("write a number of cores above 0: `4` or `0.5`");
  return false;
}

bool Shape::check_memory(const Field& field) {
  if (field.text.has_references() || parse_size(field.text.as_written())) return true;
  auto diagnostic = report(sink_, codes::not_a_quantity, field.where,
                           fmt::format("`memory` cannot be `{}`", field.text.as_written()));
  diagnostic.help("write a number with its unit: `512Mi`, `32Gi` or `64G`");
  if (auto meant = meant_size(field.text.as_written())) {
    diagnostic.fix(replace_by(field.where, std::move(*meant), Applicability::Machine));
  }
  return false;
}

bool Shape::check_ulimit(const Field& field, LimitKind kind) {
  const std::string written = field.text.as_written();
  if (field.text.has_references() || parse_ulimit(written, kind)) return true;
  auto diagnostic =
      report(sink_, codes::not_a_quantity, field.where, fmt::format("`{}` cannot be `{}`", word(kind), written));
  diagnostic.help(is_in_bytes(kind) ? "write a number with its unit, such as `64Mi`, or `0`, or `unlimited`"
                                    : "write a number, or `unlimited`");
  if (auto meant = is_in_bytes(kind) ? meant_size(written) : std::nullopt) {
    diagnostic.fix(replace_by(field.where, std::move(*meant), Applicability::Machine));
  }
  return false;
}

}  // namespace dynamo
