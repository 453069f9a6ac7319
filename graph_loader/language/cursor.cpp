#include "graph_loader/language/cursor.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace dynamo {
namespace {

constexpr std::string_view flow_ends = ",]}";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// An open mapping or list.
struct Level {
  bool list = false;
  bool flow = false;
  std::size_t indent = 0;  ///< of a block collection
  Step step{};
  bool has_step = false;  ///< a key, or an item, has begun
};

/// Reads a text up to its end, which may be anywhere, and knows then what would come next.
class Scanner {
 public:
  enum class State { LineStart, AfterDash, Scalar, Quoted, Value, FlowStart, BlockText, Prose };
  using OnKey = std::function<void(std::string_view key, std::size_t begin)>;

  explicit Scanner(std::string_view text, OnKey on_key = nullptr) : text_(text), on_key_(std::move(on_key)) {}

  void run() {
    while (at_ < text_.size()) {
      state_ = State::LineStart;
      read_line();
      if (at_ < text_.size())
        ++at_;  // the line end
      else
        return;
    }
    // The text ends with a line end, or is empty.
    line_ = text_.size();
    column_ = 0;
    begin_ = at_;
    if (quote_ != 0) {
      state_ = State::Quoted;
    } else if (in_flow()) {
      state_ = State::FlowStart;
    } else {
      state_ = State::LineStart;
      entry_start_ = true;
    }
  }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t column() const { return column_; }
  /// A scalar, or nothing yet, stands where a line, an item or a flow entry begins.
  [[nodiscard]] bool entry_start() const { return entry_start_; }
  [[nodiscard]] bool in_flow() const { return !levels_.empty() && levels_.back().flow; }
  [[nodiscard]] std::vector<Level>& levels() { return levels_; }
  [[nodiscard]] std::vector<Step> path() const {
    std::vector<Step> result;
    for (const Level& level : levels_) {
      if (level.has_step) result.push_back(level.step);
    }
    return result;
  }

  [[nodiscard]] std::string missing_ends() const {
    std::string result;
    if (quote_ != 0) result += quote_;
    for (auto level = levels_.rbegin(); level != levels_.rend() && level->flow; ++level) {
      result += level->list ? ']' : '}';
    }
    return result;
  }

  /// Leaves the block collections that a line of this indentation ends.
  void leave(std::size_t column, bool dash) {
    while (!levels_.empty() && !levels_.back().flow) {
      const Level& top = levels_.back();
      const bool stays = top.indent < column || (top.indent == column && (!top.list || dash));
      if (stays) return;
      levels_.pop_back();
    }
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] bool at_line_end() const { return at_end() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"; }
  void skip_blanks() {
    while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }
  void prose() {
    skip_line();
    state_ = State::Prose;
  }
  [[nodiscard]] std::size_t block_indent() const {
    std::size_t result = 0;
    for (const Level& level : levels_) {
      if (!level.flow) result = level.indent;
    }
    return result;
  }
  void leave_flow() {
    while (in_flow()) levels_.pop_back();
  }

  void read_line() {
    line_ = at_;
    while (!at_end() && text_[at_] == ' ') ++at_;
    column_ = at_ - line_;
    begin_ = at_;
    if (!in_flow() && quote_ == 0) entry_start_ = true;
    if (at_line_end() && !at_end()) {
      skip_line();
      return;
    }
    if (block_text_) {
      if (column_ > *block_text_) {
        skip_line();
        state_ = State::BlockText;
        return;
      }
      if (!at_end()) block_text_.reset();
    }
    // What is not indented more than the key of an open bracket or quote cannot belong to it.
    const bool outside = !levels_.empty() && column_ <= block_indent();
    if (quote_ != 0) {
      if (outside && !at_end()) {
        quote_ = 0;
        leave_flow();
        entry_start_ = true;
      } else {
        read_quoted();
        if (quote_ == 0) after_value();
        return;
      }
    }
    if (in_flow()) {
      const bool closes = !at_end() && (text_[at_] == '}' || text_[at_] == ']');
      if (outside && !closes && !at_end()) {
        leave_flow();
        entry_start_ = true;
      } else {
        read_flow();
        return;
      }
    }
    if (at_end()) return;
    if (text_[at_] == '#') {
      prose();
      return;
    }
    read_block(column_);
  }

  void read_block(std::size_t column) {
    const bool dash = text_[at_] == '-' && (at_ + 1 >= text_.size() || text_[at_ + 1] == ' ' ||
                                            text_[at_ + 1] == '\n' || text_[at_ + 1] == '\r');
    leave(column, dash);
    if (dash) {
      if (levels_.empty() || !levels_.back().list || levels_.back().indent != column) {
        levels_.push_back({.list = true, .indent = column, .step = {"", 0}, .has_step = true});
      } else {
        ++*levels_.back().step.item;
      }
      ++at_;
      const std::size_t dash_end = at_;
      skip_blanks();
      begin_ = at_;
      column_ = column + 1 + (at_ - dash_end);
      entry_start_ = true;
      if (at_end()) state_ = State::AfterDash;
      if (at_line_end()) return;
      read_block(column_);
      return;
    }
    if (text_[at_] == '{' || text_[at_] == '[') {
      read_value();
      return;
    }
    const std::size_t key_begin = at_;
    const auto key_end = find_key_end();
    if (!key_end) {
      if (text_[at_] == '"' || text_[at_] == '\'') {
        quote_ = text_[at_];
        begin_ = ++at_;
        read_quoted();
        if (quote_ == 0) after_value();
      } else if (text_[at_] == '|' || text_[at_] == '>') {
        block_text_ = block_indent();
        prose();
      } else {
        read_scalar();
      }
      return;
    }
    if (levels_.empty() || levels_.back().list || levels_.back().indent != column) {
      levels_.push_back({.indent = column});
    }
    set_key(key_begin, *key_end);
    at_ = text_.find(':', *key_end) + 1;
    read_value();
  }

  void set_key(std::size_t begin, std::size_t end) {
    std::string_view key = text_.substr(begin, end - begin);
    while (key.ends_with(' ')) key.remove_suffix(1);
    if (key.size() >= 2 && (key.front() == '"' || key.front() == '\'') && key.back() == key.front()) {
      key = key.substr(1, key.size() - 2);
    }
    Level& level = levels_.back();
    level.step = {std::string(key), std::nullopt};
    level.has_step = false;
    if (on_key_) on_key_(key, begin);
    level.has_step = true;
  }

  /// The end of the key of this line, if it has one.
  [[nodiscard]] std::optional<std::size_t> find_key_end() const {
    std::size_t at = at_;
    const char first = text_[at];
    if (first == '"' || first == '\'') {
      at = text_.find_first_of(first == '"' ? "\"\n" : "'\n", at + 1);
      if (at == std::string_view::npos || text_[at] == '\n') return std::nullopt;
      ++at;
      const std::size_t colon = text_.find_first_not_of(' ', at);
      if (colon == std::string_view::npos || text_[colon] != ':') return std::nullopt;
      return at;
    }
    for (; at < text_.size() && text_[at] != '\n'; ++at) {
      if (text_[at] == '#' && at > at_ && text_[at - 1] == ' ') return std::nullopt;
      if (text_[at] != ':') continue;
      if (at + 1 == text_.size() || text_[at + 1] == ' ' || text_[at + 1] == '\n' || text_[at + 1] == '\r') return at;
    }
    return std::nullopt;
  }

  /// Behind a colon or a dash.
  void read_value() {
    entry_start_ = false;
    const std::size_t before = at_;
    skip_blanks();
    while (!at_end() && (text_[at_] == '&' || text_[at_] == '!')) {
      while (!at_line_end() && text_[at_] != ' ') ++at_;
      if (at_end()) {
        state_ = State::Prose;
        return;
      }
      skip_blanks();
    }
    begin_ = at_;
    if (at_end()) {
      state_ = State::Value;
      return;
    }
    if (at_line_end()) return;
    const char first = text_[at_];
    if (first == '#' && at_ > before) {
      prose();
    } else if (first == '{' || first == '[') {
      open_flow();
      read_flow();
    } else if (first == '|' || first == '>') {
      block_text_ = block_indent();
      prose();
    } else if (first == '"' || first == '\'') {
      quote_ = first;
      begin_ = ++at_;
      read_quoted();
      if (quote_ == 0) after_value();
    } else {
      read_scalar();
    }
  }

  /// A plain scalar up to the end of the line.
  void read_scalar() {
    begin_ = at_;
    while (!at_line_end()) {
      if (text_[at_] == '#' && text_[at_ - 1] == ' ') {
        prose();
        return;
      }
      ++at_;
    }
    state_ = State::Scalar;
    if (!at_end()) skip_line();
  }

  /// Inside a quoted scalar, up to its end or that of the line.
  void read_quoted() {
    while (!at_line_end()) {
      if (quote_ == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        at_ += 2;
      } else if (quote_ == '\'' && text_.substr(at_, 2) == "''") {
        at_ += 2;
      } else if (text_[at_] == quote_) {
        ++at_;
        quote_ = 0;
        return;
      } else {
        ++at_;
      }
    }
    at_ = std::min(at_, text_.size());
    state_ = State::Quoted;
    if (!at_end()) skip_line();
  }

  /// Behind a value that ended within its line.
  void after_value() {
    if (in_flow()) {
      read_flow();
      return;
    }
    prose();
  }

  void open_flow() {
    const bool list = text_[at_] == '[';
    levels_.push_back({.list = list, .flow = true});
    if (list) {
      levels_.back().step.item = 0;
      levels_.back().has_step = true;
    }
    ++at_;
    begin_ = at_;
    entry_start_ = true;
  }

  /// Within brackets, up to their end or that of the line.
  void read_flow() {
    while (in_flow()) {
      skip_blanks();
      begin_ = at_;
      if (at_end()) {
        state_ = entry_start_ ? State::FlowStart : State::Value;
        return;
      }
      if (at_line_end()) {
        skip_line();
        return;
      }
      Level& top = levels_.back();
      const char c = text_[at_];
      if (c == '#') {
        prose();
        return;
      }
      if (c == '}' || c == ']') {
        levels_.pop_back();
        ++at_;
        entry_start_ = false;
      } else if (c == ',') {
        ++at_;
        entry_start_ = true;
        if (top.list)
          ++*top.step.item;
        else
          top.has_step = false;
      } else if (c == '{' || c == '[') {
        open_flow();
      } else if (!read_flow_scalar()) {
        return;
      }
    }
    prose();
  }

  /// False: the line ended in it.
  bool read_flow_scalar() {
    const std::size_t scalar = at_;
    if (text_[at_] == '"' || text_[at_] == '\'') {
      quote_ = text_[at_];
      begin_ = ++at_;
      read_quoted();
      if (quote_ != 0) return false;
    } else {
      while (!at_line_end()) {
        const char c = text_[at_];
        if (text_.substr(at_, 2) == "${") {
          at_ = std::min({text_.find('}', at_), text_.find('\n', at_), text_.size() - 1}) + 1;
          continue;
        }
        if (flow_ends.find(c) != std::string_view::npos || c == '{' || c == '[') break;
        if (c == ':' && is_flow_colon(at_)) break;
        if (c == '#' && text_[at_ - 1] == ' ') break;
        ++at_;
      }
      at_ = std::min(at_, text_.size());
      if (at_end()) {
        state_ = State::Scalar;
        return false;
      }
      if (at_ == scalar) {
        ++at_;  // a colon without a key
        return true;
      }
    }
    const std::size_t end = at_;
    skip_blanks();
    Level& top = levels_.back();
    if (!at_end() && text_[at_] == ':' && entry_start_) {
      if (!top.list) set_key(scalar, end);
      ++at_;
      entry_start_ = false;
    } else if (entry_start_ && !top.list) {
      if (on_key_) on_key_(text_.substr(scalar, end - scalar), scalar);
    }
    return true;
  }

  [[nodiscard]] bool is_flow_colon(std::size_t at) const {
    return at + 1 >= text_.size() || text_[at + 1] == ' ' || text_[at + 1] == '\n' || text_[at + 1] == '\r' ||
           flow_ends.find(text_[at + 1]) != std::string_view::npos;
  }

  std::string_view text_;
  OnKey on_key_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  std::size_t column_ = 0;
  std::size_t begin_ = 0;
  bool entry_start_ = true;
  char quote_ = 0;                         ///< of a quoted scalar that is open
  std::optional<std::size_t> block_text_;  ///< within `|` or `>`: the indentation of its key
  State state_ = State::LineStart;
  std::vector<Level> levels_;
};

/// Whether a colon follows the word that ends at or behind `byte`.
bool colon_follows(std::string_view text, std::size_t byte, bool quoted) {
  while (byte < text.size() && is_word(text[byte])) ++byte;
  if (quoted && byte < text.size() && (text[byte] == '"' || text[byte] == '\'')) ++byte;
  while (byte < text.size() && text[byte] == ' ') ++byte;
  return byte < text.size() && text[byte] == ':' &&
         (byte + 1 == text.size() || std::string_view(" \r\n,]}").find(text[byte + 1]) != std::string_view::npos);
}

}  // namespace

Cursor find_cursor(std::string_view text, std::uint32_t byte) {
  byte = std::min(byte, static_cast<std::uint32_t>(text.size()));
  Scanner scanner(text.substr(0, byte));
  scanner.run();
  Cursor result;
  result.begin = static_cast<std::uint32_t>(scanner.begin());
  result.flow = scanner.in_flow();
  result.after_colon = byte > 0 && text[byte - 1] == ':' && scanner.begin() == byte;
  const Scanner::State state = scanner.state();
  result.quoted = state == Scanner::State::Quoted;
  if (state == Scanner::State::Prose) return result;
  if (state == Scanner::State::BlockText) {
    result.kind = Cursor::Kind::BlockText;
    result.path = scanner.path();
    return result;
  }
  auto& levels = scanner.levels();
  const bool starts = scanner.entry_start();
  if (!starts) {
    result.kind = Cursor::Kind::Value;
    result.path = scanner.path();
    return result;
  }
  result.has_colon = colon_follows(text, byte, result.quoted);
  if (scanner.in_flow()) {
    result.kind = levels.back().list ? Cursor::Kind::Value : Cursor::Kind::Key;
    result.path = scanner.path();
    return result;
  }
  if (state != Scanner::State::AfterDash) scanner.leave(scanner.column(), false);
  if (!levels.empty() && !levels.back().list && levels.back().indent == scanner.column()) {
    levels.back().has_step = false;
    result.kind = Cursor::Kind::Key;
  } else if (levels.empty()) {
    result.kind = scanner.column() == 0 ? Cursor::Kind::Key : Cursor::Kind::Prose;
  } else {
    result.kind = result.has_colon ? Cursor::Kind::Key : Cursor::Kind::KeyOrValue;
  }
  result.path = scanner.path();
  return result;
}

std::vector<std::string> keys_at(std::string_view text, const std::vector<Step>& path, std::uint32_t except) {
  std::vector<std::string> result;
  const Scanner* self = nullptr;
  Scanner scanner(text, [&](std::string_view key, std::size_t begin) {
    if (begin <= except && except <= begin + key.size()) return;
    if (self->path() == path) result.emplace_back(key);
  });
  self = &scanner;
  scanner.run();
  return result;
}

std::string missing_ends(std::string_view text) {
  Scanner scanner(text);
  scanner.run();
  return scanner.missing_ends();
}

}  // namespace dynamo
