#include "graph_loader/language/file_facts.h"

#include "graph_loader/language/cursor.h"
#include "graph_loader/spec/grammar.h"
#include "graph_loader/spec/spelling.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <utility>

namespace dynamo {
namespace {

using Kind = FileFacts::Kind;

constexpr std::string_view blanks = " \t\r";

struct Section {
  std::string_view key;
  NameKind kind;
};
constexpr std::array sections = {Section{"interfaces", NameKind::Interface}, Section{"components", NameKind::Component},
                                 Section{"specs", NameKind::Spec}, Section{"graphs", NameKind::Graph}};

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool begins_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char left, char right) {
           return left == static_cast<char>(std::tolower(static_cast<unsigned char>(right)));
         });
}

/// `dynamo/v1`, also of another version or with other letters, under any key: the key may be misspelled.
bool is_version(std::string_view value) {
  return begins_with(value, "dynamo/v") && value.size() > 8 && std::isdigit(static_cast<unsigned char>(value[8])) != 0;
}

/// As above under `apiVersion`, where half of it is enough.
bool is_begun_version(std::string_view value) {
  constexpr std::string_view whole = "dynamo/";
  constexpr std::size_t enough = 3;
  if (value.size() < enough) return false;
  return begins_with(value, whole.substr(0, std::min(value.size(), whole.size())));
}

/// Calls back with every line, without its line end, until that says false.
template <class Visit>
void each_line(std::string_view text, Visit visit) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (!visit(text.substr(begin, end - begin))) return;
    begin = end + 1;
  }
}

/// Whether a line of a text that may be no YAML says that it is a graph file.
bool says_so(std::string_view text) {
  bool result = false;
  each_line(text, [&](std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.empty() || blanks.find(line.front()) != std::string_view::npos)
      return true;
    const std::string_view key = trimmed(line.substr(0, colon));
    std::string_view value = trimmed(line.substr(colon + 1));
    if (!value.empty() && (value.front() == '\'' || value.front() == '"')) value.remove_prefix(1);
    result = is_version(value) || (key == "apiVersion" && is_begun_version(value));
    return !result && key != "apiVersion";
  });
  return result;
}

/// The first line that is no comment and no mark of YAML; empty: there is none.
std::string_view first_line(std::string_view text) {
  std::string_view result;
  each_line(text, [&](std::string_view line) {
    const std::string_view here = trimmed(line);
    if (here.empty() || here.front() == '#' || here == "---" || line.front() == '%') return true;
    result = here;
    return false;
  });
  return result;
}

bool is_known_key(std::string_view key) { return key.starts_with("x-") || grammar::file.find(key) != nullptr; }

bool is_nearly_known(std::string_view key) {
  std::vector<std::string_view> known;
  for (const grammar::Key& one : grammar::file.keys) known.push_back(one.name);
  return is_known_key(key) || nearest(key, known).has_value();
}

bool is_list(std::string_view text) {
  const std::string_view first = first_line(text);
  return first.starts_with("- ") || first == "-" || first.starts_with('[');
}

/// What a text that cannot be read is.
Kind kind_of_text(std::string_view text) {
  constexpr auto nowhere = std::numeric_limits<std::uint32_t>::max();
  const std::vector<std::string> keys = keys_at(text, {}, nowhere);
  return std::all_of(keys.begin(), keys.end(), is_known_key) ? Kind::Undecided : Kind::Foreign;
}

const grammar::Mapping& definition_of(std::string_view section) {
  return *grammar::as_mapping(*grammar::file.find(section)->value.item)->mapping;
}

/// What a definition is: ours, something else, or nothing yet.
Kind kind_of_definition(const Node& value, const grammar::Mapping& mapping) {
  if (value.kind == NodeKind::Null) return Kind::Undecided;
  if (!value.is_mapping()) return Kind::Foreign;
  if (value.entries.empty()) return Kind::Undecided;
  const bool ours = std::any_of(value.entries.begin(), value.entries.end(),
                                [&](const Entry& entry) { return mapping.find(entry.key->text) != nullptr; });
  return ours ? Kind::Graph : Kind::Foreign;
}

/// Of a mapping that does not say what it is.
Kind kind_of_content(const Node& top) {
  bool ours = false;
  bool all_known = true;
  for (const Entry& entry : top.entries) {
    const std::string_view key = entry.key->text;
    all_known = all_known && is_known_key(key);
    if (!is_nearly_known(key)) return Kind::Foreign;
    const auto section =
        std::find_if(sections.begin(), sections.end(), [&](const Section& one) { return one.key == key; });
    if (section == sections.end() || entry.value->kind == NodeKind::Null) continue;
    if (!entry.value->is_mapping()) return Kind::Foreign;
    for (const Entry& definition : entry.value->entries) {
      const Kind kind = kind_of_definition(*definition.value, definition_of(key));
      if (kind == Kind::Foreign) return kind;
      ours = ours || kind == Kind::Graph;
    }
  }
  if (ours) return Kind::Graph;
  const Entry* imports = top.find("imports");
  if (imports != nullptr) {
    for (const Node* item : imports->value->items) {
      if (item->is_mapping() && !item->entries.empty() && item->find("file") == nullptr) return Kind::Foreign;
    }
  }
  const Entry* version = top.find("apiVersion");
  const bool other_version = version != nullptr && !std::string_view("dynamo/").starts_with(version->value->text);
  return all_known && !other_version ? Kind::Undecided : Kind::Foreign;
}

Kind kind_of_tree(const Node& top) {
  if (!top.is_mapping()) return Kind::Foreign;
  for (const Entry& entry : top.entries) {
    if (!entry.value->is_scalar()) continue;
    if (is_version(entry.value->text)) return Kind::Graph;
    if (entry.key->text == "apiVersion" && is_begun_version(entry.value->text)) return Kind::Graph;
  }
  return kind_of_content(top);
}

std::string beside(const std::string& path, std::string_view written) {
  return (std::filesystem::path(path).parent_path() / std::string(written)).lexically_normal().string();
}

std::vector<std::string> imports_of(const std::string& path, const Node& top) {
  std::vector<std::string> result;
  const Entry* imports = top.find("imports");
  if (imports == nullptr) return result;
  for (const Node* item : imports->value->items) {
    const Entry* named = item->find("file");
    const Node* written = named == nullptr ? item : named->value;
    if (written->kind == NodeKind::String) result.push_back(beside(path, written->text));
  }
  return result;
}

/// The imports of a graph file that cannot be read may be any of the files that it names.
std::vector<std::string> named_files(const std::string& path, std::string_view text) {
  constexpr std::string_view ends_of_words = " \t\r\n,[]{}\"'";
  std::vector<std::string> result;
  for (std::size_t begin = 0; (begin = text.find_first_not_of(ends_of_words, begin)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(ends_of_words, begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (word.ends_with(".yaml") || word.ends_with(".yml")) result.push_back(beside(path, word));
    begin = end;
  }
  return result;
}

void read_declared_base(const std::string& path, std::string_view text, FileFacts& facts) {
  each_line(text, [&](std::string_view line) {
    std::string_view here = trimmed(line);
    if (here.empty() || here == "---") return true;
    if (here.front() != '#') return false;
    for (const std::string_view word : {"#", "dynamo:", "overlay", "of"}) {
      if (!here.starts_with(word)) return true;
      here = trimmed(here.substr(word.size()));
    }
    if (here.size() > 2 && here.front() == here.back() &&
        std::string_view("'\"`").find(here.front()) != std::string_view::npos) {
      here = here.substr(1, here.size() - 2);
    }
    if (here.empty()) return true;
    facts.overlay_of = beside(path, here);
    facts.overlay_of_begin = static_cast<std::uint32_t>(here.data() - text.data());
    facts.overlay_of_end = facts.overlay_of_begin + static_cast<std::uint32_t>(here.size());
    return false;
  });
}

bool is_complete(const Node& value, NameKind kind, const grammar::Mapping& mapping) {
  // Nothing at all is an interface too.
  if (kind == NameKind::Interface) return true;
  using RuleKind = grammar::Rule::Kind;
  return std::all_of(mapping.rules.begin(), mapping.rules.end(), [&](const grammar::Rule& rule) {
    const auto has = [&](std::string_view key) { return value.find(key) != nullptr; };
    return rule.kind == RuleKind::AtMostOne || std::any_of(rule.keys.begin(), rule.keys.end(), has);
  });
}

std::vector<FileFacts::Definition> changes_of(const Node& top) {
  std::vector<FileFacts::Definition> result;
  if (top.find("imports") != nullptr) return result;
  for (const Section& section : sections) {
    const Entry* found = top.find(section.key);
    if (found == nullptr) continue;
    for (const Entry& entry : found->value->entries) {
      if (entry.key->text.starts_with("x-")) continue;
      result.push_back({section.kind, std::string(entry.key->text),
                        is_complete(*entry.value, section.kind, definition_of(section.key))});
    }
  }
  const auto complete = static_cast<std::size_t>(
      std::count_if(result.begin(), result.end(), [](const FileFacts::Definition& one) { return one.complete; }));
  // A graph file in which one definition is being typed is no overlay.
  if (complete * 2 > result.size() || complete == result.size()) result.clear();
  return result;
}

}  // namespace

FileFacts facts_of(const std::string& path, std::string_view text, const SyntaxTree* tree) {
  FileFacts result;
  read_declared_base(path, text, result);
  const bool read = tree != nullptr && tree->root != nullptr;
  if (says_so(text) || !result.overlay_of.empty()) {
    result.kind = Kind::Graph;
  } else if (is_list(text)) {
    result.kind = Kind::Foreign;
  } else {
    result.kind = read ? kind_of_tree(*tree->root) : kind_of_text(text);
  }
  if (result.kind == Kind::Foreign) return result;
  if (!read) {
    if (result.kind == Kind::Graph) result.imports = named_files(path, text);
    return result;
  }
  result.imports = imports_of(path, *tree->root);
  if (result.imports.empty()) result.changes = changes_of(*tree->root);
  return result;
}

std::optional<std::size_t> names_in_common(const FileFacts& facts, const Spec& base) {
  std::size_t common = 0;
  for (const FileFacts::Definition& one : facts.changes) {
    const bool type = one.kind == NameKind::Interface || one.kind == NameKind::Component;
    const auto& table = type ? base.types : base.targets;
    const auto found = table.find(one.name);
    const bool known = found != table.end() && found->second.kind == one.kind;
    // An interface may be anything, so that one without a base says nothing.
    if (!known && one.complete && one.kind != NameKind::Interface) return std::nullopt;
    common += known ? 1 : 0;
  }
  if (common == 0) return std::nullopt;
  return common;
}

}  // namespace dynamo
