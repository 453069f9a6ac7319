#include "graph_loader/deployment/value_writer.h"

#include "graph_loader/yaml/scalar_text.h"

#include <algorithm>
#include <optional>

namespace dynamo::deployment {
namespace {

/// Longer words make a list unreadable when they stand side by side.
constexpr std::size_t longest_word = 70;

std::string blanks(std::size_t count) { return std::string(count, ' '); }

std::string key_text(const std::string& name) { return scalar_text(name, true) + ":"; }

/// The value on one line; none if it has to be spread, or is longer than `room`.
std::optional<std::string> one_line(const Value& value, std::size_t room, bool in_brackets) {
  if (value.form == Value::Form::Plain) return value.text;
  if (value.form == Value::Form::Text) {
    if (wants_block(value.text) && value.text.find('\n') != std::string::npos) return std::nullopt;
    return scalar_text(value.text, in_brackets);
  }
  if (value.spread) return std::nullopt;
  const bool list = value.form == Value::Form::List;
  std::string result(1, list ? '[' : '{');
  for (std::size_t index = 0; index < value.items.size(); ++index) {
    if (index > 0) result += ", ";
    if (!list) result += key_text(value.names[index]) + " ";
    if (result.size() > room) return std::nullopt;
    const auto item = one_line(value.items[index], room - result.size(), true);
    if (!item) return std::nullopt;
    result += *item;
  }
  result += list ? ']' : '}';
  if (result.size() > room) return std::nullopt;
  return result;
}

/// A list of words over several lines: `[a, b,` and below its bracket `c, d]`.
std::optional<std::string> filled(const Value& list, std::size_t column) {
  std::string result = "[";
  std::size_t used = column + 1;
  for (std::size_t index = 0; index < list.items.size(); ++index) {
    const Value& item = list.items[index];
    if (!item.is_scalar() || item.text.size() > longest_word || wants_block(item.text)) return std::nullopt;
    const bool last = index + 1 == list.items.size();
    const std::string word = *one_line(item, line_width, true) + (last ? "]" : ",");
    const std::size_t blank = index > 0 ? 1 : 0;
    if (used + blank + word.size() > line_width) {
      result += "\n" + blanks(column + 1);
      used = column + 1;
    } else if (blank > 0) {
      result += " ";
      ++used;
    }
    result += word;
    used += word.size();
  }
  return result;
}

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void entries(const Value& mapping, std::size_t indent, bool beside = false) {
    std::size_t widest = 0;
    for (const std::string& name : mapping.names) widest = std::max(widest, key_text(name).size());
    for (std::size_t index = 0; index < mapping.items.size(); ++index) {
      if (!beside) out_ += blanks(indent);
      beside = false;
      const std::string key = key_text(mapping.names[index]);
      out_ += key;
      const std::size_t pad = mapping.aligned ? widest - key.size() : 0;
      behind_key(mapping.items[index], indent, indent + key.size(), pad);
    }
  }

 private:
  /// The value of an entry whose key ends at `column`.
  void behind_key(const Value& value, std::size_t indent, std::size_t column, std::size_t pad) {
    if (here(value, indent + 2, column + pad + 1, pad + 1)) return;
    out_ += '\n';
    if (value.form == Value::Form::List) {
      items(value, indent + 2);
    } else {
      entries(value, indent + 2);
    }
  }

  void items(const Value& list, std::size_t indent) {
    for (const Value& item : list.items) {
      out_ += blanks(indent) + "-";
      if (here(item, indent + 2, indent + 2, 1)) continue;
      if (item.form == Value::Form::List) {
        out_ += '\n';
        items(item, indent + 2);
      } else {
        out_ += ' ';
        entries(item, indent + 2, true);
      }
    }
  }

  /// Writes a value that can begin on this line, at `column` after `gap` blanks.
  bool here(const Value& value, std::size_t indent, std::size_t column, std::size_t gap) {
    const std::size_t room = line_width > column ? line_width - column : 0;
    std::optional<std::string> text;
    if (value.form == Value::Form::Text && wants_block(value.text)) text = block_text(value.text, indent, line_width);
    if (!text && value.is_scalar()) {
      text = value.form == Value::Form::Plain ? value.text : scalar_text(value.text, false);
    }
    if (!text && value.is_empty()) text = value.form == Value::Form::List ? "[]" : "{}";
    if (!text) text = has_block(value) ? std::nullopt : one_line(value, room, false);
    if (!text && value.form == Value::Form::List && !value.spread) text = filled(value, column);
    if (!text) return false;
    out_ += blanks(gap) + *text + "\n";
    return true;
  }

  /// Whether an item is better read as a block of its own.
  static bool has_block(const Value& value) {
    if (value.form == Value::Form::Plain) return false;
    if (value.form == Value::Form::Text) return wants_block(value.text);
    return std::any_of(value.items.begin(), value.items.end(), has_block);
  }

  std::string out_;
};

}  // namespace

std::string yaml_text(const Value& mapping, std::size_t indent) {
  Writer writer;
  writer.entries(mapping, indent);
  return writer.take();
}

}  // namespace dynamo::deployment
