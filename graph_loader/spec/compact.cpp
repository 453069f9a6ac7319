#include "graph_loader/spec/compact.h"

#include "graph_loader/spec/habits.h"
#include "graph_loader/spec/spelling.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace dynamo {
namespace {

struct Word {
  std::string_view text;
  std::size_t offset = 0;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::vector<Word> words_of(std::string_view text, std::size_t base = 0) {
  std::vector<Word> result;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    result.push_back({text.substr(at, end - at), base + at});
    at = end;
  }
  return result;
}

bool is_message(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
}

bool is_qualified_name(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot == std::string_view::npos ? is_name(text) : is_name(text.substr(0, dot)) && is_name(text.substr(dot + 1));
}

/// "stream A -> B" split into words, where `->` may stand without spaces.
std::vector<std::string> signature_words(std::string_view text) {
  std::string spaced;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "->") {
      spaced += " -> ";
      ++at;
    } else {
      spaced += text[at];
    }
  }
  std::vector<std::string> result;
  for (const Word& word : words_of(spaced)) result.emplace_back(word.text);
  return result;
}

std::optional<ArityType> parse_arity_type(const Node& node, std::string_view text) {
  const std::vector<Word> words = words_of(text);
  std::size_t index = 0;
  const bool optional = index < words.size() && words.size() > 1 && words[index].text == "optional";
  if (optional) ++index;
  const bool many = index + 1 < words.size() && words[index].text == "many";
  if (many) ++index;
  if (index + 1 != words.size() || !is_qualified_name(words[index].text)) return std::nullopt;
  ArityType result;
  result.arity = optional ? (many ? Arity::OptionalMany : Arity::Optional) : (many ? Arity::Many : Arity::One);
  result.type = {std::string(words[index].text), node.part(words[index].offset, words[index].text.size())};
  result.arity_where = node.part(words.front().offset, words.front().text.size());
  return result;
}

/// A type with a slip in one of the words before it: `optinal Router`.
std::optional<std::string> meant_arity(std::string_view text) {
  const std::vector<Word> words = words_of(text);
  if (words.size() < 2 || words.size() > 3) return std::nullopt;
  std::string result;
  for (std::size_t index = 0; index + 1 < words.size(); ++index) {
    const auto near = nearest(words[index].text, {"optional", "many"});
    const bool right = words[index].text == "optional" || words[index].text == "many";
    if (!right && !near) return std::nullopt;
    result += fmt::format("{} ", right ? words[index].text : *near);
  }
  return is_qualified_name(words.back().text) ? std::optional(result + std::string(words.back().text)) : std::nullopt;
}

void report_type(const Node& node, std::string_view text, Shape& shape) {
  auto diagnostic = report(shape.sink(), codes::bad_slot_type, node.where, fmt::format("`{}` is not a type", text));
  if (const auto meant = meant_arity(text)) {
    diagnostic.help(fmt::format("write `{}`", *meant)).fix(replace_by(node.where, *meant, Applicability::Maybe));
    return;
  }
  diagnostic.note("a type is a name, after `optional`, `many` or `optional many`");
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']');
  if (open != std::string_view::npos && close != std::string_view::npos && open < close) {
    const std::string_view outer = text.substr(0, open);
    const std::string_view inner = text.substr(open + 1, close - open - 1);
    if (is_qualified_name(inner) && (outer == "list" || outer == "List" || outer == "Sequence")) {
      diagnostic.help(fmt::format("write `many {}`", inner));
    }
    if (is_qualified_name(inner) && outer == "Optional") diagnostic.help(fmt::format("write `optional {}`", inner));
  }
}

}  // namespace

std::optional<Located<std::string>> read_signature(const Node& node, Shape& shape) {
  const auto text = shape.string(node, "a signature");
  if (!text) return std::nullopt;
  const std::vector<std::string> words = signature_words(text->value);
  std::size_t at = 0;
  const auto side = [&] {
    if (at < words.size() && words[at] == "stream" && at + 1 < words.size() && words[at + 1] != "->") ++at;
    return at < words.size() && is_message(words[at++]);
  };
  const bool good = side() && at < words.size() && words[at++] == "->" && side() && at == words.size();
  if (!good) {
    report(shape.sink(), codes::bad_signature, node.where, fmt::format("`{}` is not a signature", text->value))
        .help("write `Request -> Reply`; either side may begin with `stream`");
    return std::nullopt;
  }
  std::string normal;
  for (const std::string& word : words) normal += (normal.empty() ? "" : " ") + word;
  return Located<std::string>{normal, node.where};
}

std::optional<ArityType> read_arity_type(const Node& node, Shape& shape) {
  const auto text = shape.string(node, "a type");
  if (!text) return std::nullopt;
  auto result = parse_arity_type(node, text->value);
  if (!result) report_type(node, text->value, shape);
  return result;
}

SlotDefinition read_slot(const Entry& entry, const FileScope* scope, Shape& shape) {
  SlotDefinition slot;
  slot.name = {std::string(entry.key->text), entry.key->where};
  slot.where = entry.value->where;
  slot.scope = scope;
  const Node& node = *entry.value;
  slot.readable = false;
  if (node.is_mapping()) {
    auto diagnostic = shape.wrong_kind(node.where, "a slot", "text", "a mapping");
    diagnostic.note("its form is `[optional] [many] Type [= Default]`");
    Shape::propose(diagnostic, node, compact_form(node));
    return slot;
  }
  const auto text = shape.string(node, "a slot");
  if (!text) return slot;
  slot.readable = true;

  const std::string_view whole = node.text;
  const std::size_t equals = whole.find('=');
  const auto type = parse_arity_type(node, whole.substr(0, equals));
  bool good = type.has_value();
  if (type) {
    slot.arity = type->arity;
    slot.type = type->type;
    slot.arity_where = type->arity_where;
  }
  if (good && equals != std::string_view::npos) {
    std::size_t begin = equals + 1;
    while (true) {
      const std::size_t comma = std::min(whole.find(',', begin), whole.size());
      const std::vector<Word> words = words_of(whole.substr(begin, comma - begin), begin);
      if (words.size() != 1 || !is_qualified_name(words.front().text)) {
        good = false;
        break;
      }
      slot.defaults.push_back(
          {std::string(words.front().text), node.part(words.front().offset, words.front().text.size())});
      if (comma == whole.size()) break;
      begin = comma + 1;
    }
  }
  if (!good) {
    auto diagnostic =
        report(shape.sink(), codes::bad_slot_type, node.where, fmt::format("`{}` is not a slot", text->value));
    const auto meant = type ? std::nullopt : meant_arity(whole.substr(0, equals));
    if (meant) {
      const std::string rest(equals == std::string_view::npos ? "" : whole.substr(equals));
      diagnostic.help(fmt::format("write `{}{}{}`", *meant, rest.empty() ? "" : " ", rest));
    } else {
      diagnostic.help("write `Type`, `Type = Default`, `optional Type` or `many Type = Default, Other`");
    }
    slot.readable = false;
  }
  return slot;
}

namespace {

/// What other languages call a type, or a slip.
std::optional<std::string> meant_type(std::string_view type) {
  static constexpr auto others = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"str", "string"},
      {"text", "string"},
      {"integer", "int"},
      {"float", "number"},
      {"double", "number"},
      {"boolean", "bool"},
      {"time", "duration"},
      {"timedelta", "duration"},
      {"bytes", "size"},
      {"memory", "size"},
  });
  const std::string lower = lower_case(type);
  for (const auto& [theirs, ours] : others) {
    if (theirs == lower) return std::string(ours);
  }
  const auto close = lower.rfind(')');
  const auto open = lower.find('(');
  if (open != std::string::npos && close == lower.size() - 1 && lower.find_first_of(",/", open) < close) {
    std::string choices;
    for (const char c : type.substr(open + 1, close - open - 1)) {
      if (c != ' ') choices += c == ',' || c == '/' ? '|' : c;
    }
    return fmt::format("enum({})", choices);
  }
  const auto& words = Words<ParamType>::list;
  if (std::find(words.begin(), words.end(), lower) != words.end()) return lower;
  const auto near = nearest(lower, {words.begin(), words.end()});
  if (!near || *near == "enum") return std::nullopt;
  return std::string(*near);
}

}  // namespace

ParamDefinition read_param(const Entry& entry, Shape& shape) {
  ParamDefinition param;
  param.name = {std::string(entry.key->text), entry.key->where};
  const Node& node = *entry.value;
  param.where = node.where;
  param.readable = false;
  if (node.kind != NodeKind::String) {
    auto diagnostic =
        shape.wrong_kind(node.where, fmt::format("param `{}`", param.name.text), "a type such as `int = 1`",
                         node.is_scalar() ? fmt::format("`{}`", node.text) : describe(node));
    Shape::propose(diagnostic, node, node.is_mapping() ? compact_form(node) : typed_default(node));
    return param;
  }
  const std::string_view whole = node.text;
  const std::size_t equals = whole.find('=');
  std::string_view type = whole.substr(0, equals);
  while (!type.empty() && is_blank(type.back())) type.remove_suffix(1);
  while (!type.empty() && is_blank(type.front())) type.remove_prefix(1);

  if (type.starts_with("enum(") && type.ends_with(")")) {
    param.type = ParamType::Enum;
    std::string_view inner = type.substr(5, type.size() - 6);
    param.readable = true;
    while (true) {
      const std::size_t bar = std::min(inner.find('|'), inner.size());
      const std::vector<Word> words = words_of(inner.substr(0, bar));
      if (words.size() != 1) param.readable = false;
      if (!words.empty()) param.choices.emplace_back(words.front().text);
      if (bar == inner.size()) break;
      inner.remove_prefix(bar + 1);
    }
  } else if (const auto plain = from_word<ParamType>(type); plain && *plain != ParamType::Enum) {
    param.type = *plain;
    param.readable = true;
  }
  if (const std::size_t dollar = type.find("${"); !param.readable && dollar != std::string_view::npos) {
    report(shape.sink(), codes::interpolation_not_allowed, node.part(whole.find("${"), 2),
           "the type of a param cannot hold a reference")
        .note("its default can: `string = ${graph.model}`");
    return param;
  }
  if (!param.readable) {
    auto diagnostic =
        report(shape.sink(), codes::wrong_kind, node.where, fmt::format("`{}` is not the type of a param", type));
    const std::size_t at = whole.find(type);
    const auto meant = meant_type(type);
    if (meant) {
      diagnostic.help(fmt::format("write `{}`", *meant))
          .fix(replace_by(node.part(at, type.size()), *meant, Applicability::Maybe));
    } else {
      diagnostic.note(
          "a param is a `string`, `int`, `number`, `bool`, `duration`, `size` or `enum(a|b)`, with `= DEFAULT` if it "
          "has one");
    }
    return param;
  }
  if (equals == std::string_view::npos) return param;

  std::size_t begin = equals + 1;
  while (begin < whole.size() && is_blank(whole[begin])) ++begin;
  std::size_t end = whole.size();
  while (end > begin && is_blank(whole[end - 1])) --end;
  const bool in_quotes = end - begin >= 2 && whole[begin] == '"' && whole[end - 1] == '"';
  Text value = read_text(node, shape.sink(), in_quotes ? begin + 1 : begin, in_quotes ? end - begin - 2 : end - begin);
  value.where = node.part(begin, end - begin);
  if (!value.readable) {
    param.readable = false;
    return param;
  }
  param.default_value = std::move(value);
  return param;
}

}  // namespace dynamo
