#pragma once
// Reading mappings and scalars of the wrong shape without stumbling: every mapping is closed, a word that is
// not allowed gets the nearest one that is, and each function returns none after it has reported.

#include "graph_loader/spec/grammar.h"
#include "graph_loader/spec/spec.h"
#include "graph_loader/spec/text.h"
#include "graph_loader/spec/wording.h"
#include "graph_loader/yaml/syntax_tree.h"
#include "proto/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

using Keys = std::span<const std::string_view>;

/// An entry of a closed mapping with what the grammar says about its key.
struct KnownEntry : Entry {
  const grammar::Key* rule = nullptr;
};

class Shape {
 public:
  explicit Shape(DiagnosticSink& sink) : sink_(sink) {}

  [[nodiscard]] DiagnosticSink& sink() const { return sink_; }

  /// The entries to read of a mapping whose keys the user chooses; keys that begin with `x-` are left out,
  /// names that cannot be one are DG0108.
  /// An empty value counts as an empty mapping; anything else is DG0103 (`what`: "`components`").
  enum class BadNames { LeftOut, Kept };
  std::vector<Entry> names(const Entry& entry, std::string_view what, BadNames bad = BadNames::LeftOut);
  /// The entries of a closed mapping; unknown keys are reported as DG0101, DG0102 or DG0114 and left out.
  std::vector<KnownEntry> keys(const Node& node, const grammar::Mapping& mapping, UnreadKeys* unread = nullptr);
  /// As above for an entry's value, which may be empty.
  std::vector<KnownEntry> keys(const Entry& entry, const grammar::Mapping& mapping, UnreadKeys* unread = nullptr);
  /// The items of a list; DG0103 if it is none.
  const std::vector<const Node*>* items(const Node& node, std::string_view what);

  /// A string without references (DG0103, DG0607).
  std::optional<Located<std::string>> string(const Node& node, std::string_view what);
  /// A string that may hold references; those that can be read are kept beside one that cannot.
  std::optional<Text> text(const Node& node, std::string_view what);
  /// A scalar, read as its type once its references are known (DG0103 for collections and empty values).
  std::optional<Field> field(const Node& node, std::string_view what);
  /// A word that is NAME, or ALIAS.NAME (DG0103, DG0108, DG0607).
  std::optional<Name> name(const Node& node, std::string_view what);
  std::optional<bool> boolean(const Node& node, std::string_view what);
  /// An integer within the limits of its key (DG0103, DG0109).
  std::optional<int> integer(const KnownEntry& entry, std::string_view what);

  /// One of the words of its key (DG0103, DG0107).
  template <HasWords Enum>
  std::optional<Enum> choice(const KnownEntry& entry, std::string_view what) {
    return choice<Enum>(*entry.value, what, entry.rule->value.words);
  }
  template <HasWords Enum>
  std::optional<Enum> choice(const Node& node, std::string_view what, Keys words = Words<Enum>::list) {
    if (node.kind != NodeKind::String) {
      wrong_kind(node.where, what, "one of its words", describe(node)).note(fmt::format("it is {}", one_of(words)));
      return std::nullopt;
    }
    const auto text = string(node, what);
    if (!text) return std::nullopt;
    if (std::find(words.begin(), words.end(), text->value) != words.end()) return from_word<Enum>(text->value);
    not_allowed(node, text->value, what, words);
    return std::nullopt;
  }
  void not_allowed(const Node& node, std::string_view text, std::string_view what, Keys words);

  /// DG0103 where a list is wanted; one word is meant as its only item.
  void not_a_list(const Node& node, std::string_view what, std::string_view expected);
  DiagnosticBuilder wrong_kind(Span where, std::string_view what, std::string_view expected, std::string_view found);
  /// Says that `written` is what may have been meant by the node, if there is something.
  static void propose(DiagnosticBuilder& diagnostic, const Node& node, const std::optional<std::string>& written,
                      Applicability applicability = Applicability::Maybe);

  // Values of fields that are plain already; with references they are checked where they are known.
  // `where` is the field's; false after a report.
  bool check_duration(const Field& field, std::string_view what);
  bool check_integer(const Field& field, std::string_view what, long long min, long long max);
  bool check_port(const Field& field, std::string_view what);
  bool check_replicas(const Field& field);
  bool check_cpus(const Field& field);
  bool check_memory(const Field& field);
  bool check_ulimit(const Field& field, LimitKind kind);

 private:
  void report_unknown(const Node& node, std::size_t index, const grammar::Mapping& mapping, UnreadKeys* unread);
  bool is_of_another_kind(const Node& node, const grammar::Mapping& mapping, UnreadKeys* unread);
  DiagnosticSink& sink_;
};

}  // namespace dynamo
