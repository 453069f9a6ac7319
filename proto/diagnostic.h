#pragma once
// What is wrong with the user's input, as a value. graph_loader makes diagnostics and reports them
// into a DiagnosticSink; only cli prints them. To add a code: one line in diagnostic_codes.def, the
// place that reports it, a page under docs/, and a golden (a test fails while one of them is missing).

#include "proto/source.h"
#include "proto/words.h"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {

enum class Severity { Error, Warning };
DYNAMO_WORDS(Severity, "error", "warning");

/// The number of a rule of the graph language, printed as DG0401.
struct Code {
  int number = 0;
  [[nodiscard]] std::string text() const;
  friend auto operator<=>(const Code&, const Code&) = default;
};

/// One entry of the registry: each code exists exactly once.
struct CodeInfo {
  Code code;
  std::string_view name;   ///< in the code: `unknown_key`
  std::string_view title;  ///< the condition in a few words, lower case
  [[nodiscard]] Severity severity() const { return code.number >= 900 ? Severity::Warning : Severity::Error; }
};

const std::vector<CodeInfo>& all_codes();
/// The entry of `DG0401` (any case); nullptr when there is no such code.
const CodeInfo* find_code(std::string_view text);

namespace codes {
#define DYNAMO_CODE(number, name, title) inline constexpr Code name{number};
#include "proto/diagnostic_codes.def"
#undef DYNAMO_CODE
}  // namespace codes

/// A marked range of text with a few words about it.
struct Label {
  Span where;
  std::string text;  ///< may be empty
};

/// A replacement of bytes that would mend the input.
struct Edit {
  Span where;
  std::string text;
};

enum class Applicability { Machine, Maybe };
DYNAMO_WORDS(Applicability, "machine", "maybe");

struct Fix {
  std::string title;
  Applicability applicability = Applicability::Maybe;
  std::vector<Edit> edits;
};

struct Diagnostic {
  Code code;
  Severity severity = Severity::Error;
  std::string message;                   ///< lower case, no full stop, names in backticks
  std::optional<std::string> graph;      ///< the graph or spec that was being checked, if one was
  std::vector<std::string> more_graphs;  ///< others with the same mistake at the same place
  std::string graph_words;               ///< "graph `mock`", for people, where text and place do not tell
  Label primary;
  std::vector<Label> others;       ///< the other halves of a mismatch, in any file
  std::vector<std::string> notes;  ///< the rule, where it is not plain
  std::vector<std::string> helps;  ///< what to do
  std::vector<Fix> fixes;
};

/// Where diagnostics go. The loader never prints.
class DiagnosticSink {
 public:
  virtual void report(Diagnostic diagnostic) = 0;
  /// Whether it is still worth looking through so many names for a hint. Mistakes times names is what hints cost: where
  /// a large file has thousands of mistakes, the later ones go without, so that time grows with the file and no faster.
  virtual bool afford_hint(std::size_t /*names*/) { return true; }

 protected:
  ~DiagnosticSink() = default;
};

/// Builds one diagnostic in place: `report(sink, codes::unknown_key, key.where, "...").help("...");`
/// It is handed to the sink when the builder goes out of scope, at the end of the full expression.
class [[nodiscard]] DiagnosticBuilder {
 public:
  DiagnosticBuilder(DiagnosticSink& sink, Code code, Span where, std::string message);
  DiagnosticBuilder(const DiagnosticBuilder&) = delete;
  DiagnosticBuilder& operator=(const DiagnosticBuilder&) = delete;
  ~DiagnosticBuilder();

  DiagnosticBuilder& label(std::string text);
  DiagnosticBuilder& also(Span where, std::string text);
  DiagnosticBuilder& note(std::string text);
  DiagnosticBuilder& help(std::string text);
  DiagnosticBuilder& fix(Fix fix);
  DiagnosticBuilder& in_graph(std::optional<std::string> name);
  [[nodiscard]] DiagnosticSink& sink() const { return sink_; }
  /// Ends the statement where no detail is added (the builder is [[nodiscard]]).
  void emit() {}

 private:
  DiagnosticSink& sink_;
  Diagnostic diagnostic_;
};

inline DiagnosticBuilder report(DiagnosticSink& sink, Code code, Span where, std::string message) {
  return DiagnosticBuilder(sink, code, where, std::move(message));
}

/// Keeps diagnostics, each code at most once per position (with all graphs that have the same mistake), and hands them
/// out in the order of the language reference: errors first, then file, line, column, code. Warnings are dropped if
/// there is an error. Beyond `max_kept` it only counts: nobody reads so many, and they would fill the memory.
class DiagnosticList final : public DiagnosticSink {
 public:
  static constexpr std::size_t max_kept = 20'000;

  void report(Diagnostic diagnostic) override;
  bool afford_hint(std::size_t names) override;
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::size_t size() const { return list_.size(); }
  /// How many came after `max_kept`.
  [[nodiscard]] std::size_t untold() const { return untold_; }
  [[nodiscard]] std::vector<Diagnostic> sorted() const& { return DiagnosticList(*this).take_sorted(); }
  [[nodiscard]] std::vector<Diagnostic> sorted() && { return take_sorted(); }

 private:
  std::vector<Diagnostic> take_sorted();

  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
  std::size_t untold_ = 0;
  std::size_t names_looked_through_ = 0;
};

}  // namespace dynamo
