#include "graph_loader/yaml/parse.h"

#include "graph_loader/yaml/limits.h"
#include "graph_loader/yaml/parser.h"
#include "graph_loader/yaml/tree_builder.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <istream>
#include <streambuf>
#include <string_view>
#include <utility>

namespace dynamo {
namespace {

namespace text_of = yaml_text;

/// Gives the text to the parser piece by piece, so that one that only goes deeper and deeper is found out before it
/// fills the memory: the parser reads a bracket to its end before it tells about its beginning.
class Pieces final : public std::streambuf {
 public:
  Pieces(std::string_view text, std::size_t begin, TreeBuilder& builder)
      : text_(text), given_(begin), builder_(builder) {}
  /// Set: the rest was kept back.
  std::optional<Finding> broken_limit;

 protected:
  int_type underflow() override {
    constexpr std::size_t piece = 64UL << 10U;
    if (given_ >= text_.size() || broken_limit) return traits_type::eof();
    const std::size_t end = std::min(given_ + piece, text_.size());
    broken_limit = builder_.broken_limit(end);
    if (broken_limit) return traits_type::eof();
    // The interface wants a pointer to mutable letters, but nobody writes: there is no pbackfail().
    char* first = const_cast<char*>(text_.data() + given_);
    setg(first, first, first + (end - given_));
    given_ = end;
    return traits_type::to_int_type(*first);
  }

 private:
  std::string_view text_;
  std::size_t given_;
  TreeBuilder& builder_;
};

/// The finding that ended the reading, if one did.
std::optional<Finding> read(std::string_view text, std::size_t begin, TreeBuilder& builder) {
  Pieces pieces(text, begin, builder);
  std::istream stream(&pieces);
  std::optional<Finding> finding;
  try {
    if (const auto complaint = parse_events(stream, begin, builder)) {
      // A text that was cut short makes the parser complain about its end.
      finding = pieces.broken_limit ? pieces.broken_limit : builder.cause_of(*complaint);
    } else if (!pieces.broken_limit) {
      builder.finish();
    }
  } catch (const Stop& stop) {
    finding = builder.cause_of(stop.finding);
  }
  return pieces.broken_limit ? pieces.broken_limit : finding;
}

void report(DiagnosticSink& sink, const SourceFile& file, Finding finding) {
  const auto size = file.text().size();
  const Span where{&file, static_cast<std::uint32_t>(std::min(finding.begin, size)),
                   static_cast<std::uint32_t>(std::min(std::max(finding.begin, finding.end), size))};
  auto diagnostic = report(sink, finding.code, where, std::move(finding.message));
  diagnostic.label(std::move(finding.label)).help(std::move(finding.help));
  for (Label& other : finding.others) diagnostic.also(other.where, std::move(other.text));
  for (Fix& fix : finding.fixes) diagnostic.fix(std::move(fix));
}

/// One for all lines: whoever indents one line by tabs does so in most, and mends all of them at once.
Finding tab_indentation(const SourceFile& file, const std::vector<std::size_t>& tabs) {
  const std::string_view text = file.text();
  Finding finding{codes::tab_indentation, tabs.front(), tabs.front() + 1, "tab in indentation", "indent with spaces"};
  const std::size_t more = tabs.size() - 1;
  if (more > 0) finding.label = "and in " + std::to_string(more) + (more > 1 ? " more lines" : " more line");
  // Where spaces are in use as well, nobody knows how many of them a tab is.
  constexpr std::size_t most = 10'000;
  if (tabs.size() > most || !text_of::is_indented_by_tabs(text)) return finding;
  Fix fix{"write two spaces for each tab", Applicability::Machine, {}};
  for (const std::size_t tab : tabs) {
    const auto at = static_cast<std::uint32_t>(tab);
    const auto end = static_cast<std::uint32_t>(std::min(text.find_first_not_of('\t', tab), text.size()));
    fix.edits.push_back({{&file, at, end}, std::string(2 * std::size_t{end - at}, ' ')});
  }
  finding.fixes.push_back(std::move(fix));
  return finding;
}

/// What is wrong with the bytes of a file; false after a report.
bool check_bytes(const SourceFile& file, DiagnosticSink& sink) {
  const std::string_view text = file.text();
  if (const auto bad = text_of::forbidden_character(text)) {
    report(sink, file, {codes::not_yaml, bad->at, bad->at + 1, bad->what});
    return false;
  }
  if (text.size() > max_bytes) {
    const std::size_t begin = text_of::byte_order_mark(text);
    report(sink, file, too_long(begin));
    return false;
  }
  const std::vector<std::size_t> tabs = text_of::tabs_in_indentation(text);
  if (!tabs.empty()) report(sink, file, tab_indentation(file, tabs));
  return tabs.empty();
}

bool is_empty(const SyntaxTree& tree) {
  return tree.root == nullptr || (tree.root->kind == NodeKind::Null && tree.root->text.empty());
}

/// One document, in bytes [begin, end); an empty one has no root.
std::optional<SyntaxTree> parse_document(const SourceFile& file, std::size_t begin, std::size_t end,
                                         DiagnosticSink& sink) {
  std::optional<SyntaxTree> tree(std::in_place);
  TreeBuilder builder(file, begin, end, *tree);
  if (std::optional<Finding> finding = read(file.text().substr(0, end), begin, builder)) {
    report(sink, file, std::move(*finding));
    return std::nullopt;
  }
  if (is_empty(*tree)) {
    tree->root = nullptr;
    return tree;
  }
  const Node* root = tree->root;
  if (!root->is_mapping()) {
    report(sink, file,
           {codes::not_a_mapping, root->where.begin, root->where.end,
            "the top level must be a mapping of keys to values"});
    return std::nullopt;
  }
  for (Finding& finding : builder.findings()) report(sink, file, std::move(finding));
  return tree;
}

/// Where the next document begins: a line of its own, wherever it stands, even in a block of text. The directives in
/// front of a document belong to it.
std::size_t next_document(std::string_view text, std::size_t begin) {
  constexpr std::string_view marker = "---";
  std::size_t at = text_of::skip_separation(text, begin);
  const bool directives = at < text.size() && text[at] == '%';
  bool own_marker = directives || text.substr(std::min(at, text.size())).starts_with(marker);
  for (std::size_t line = begin; line < text.size();) {
    if (text.substr(line).starts_with(marker) && text_of::is_separation_at(text, line + marker.size())) {
      if (!own_marker) return line;
      own_marker = false;
    }
    const std::size_t end = text.find('\n', line);
    if (end == std::string_view::npos) break;
    line = end + 1;
  }
  return text.size();
}

}  // namespace

std::optional<SyntaxTree> parse_yaml(const SourceFile& file, DiagnosticSink& sink) {
  if (!check_bytes(file, sink)) return std::nullopt;
  const std::size_t begin = text_of::byte_order_mark(file.text());
  auto tree = parse_document(file, begin, file.text().size(), sink);
  if (tree && tree->root == nullptr) {
    report(
        sink, file,
        {codes::not_a_mapping, begin, begin, "the file is empty", "a graph file begins with `apiVersion: dynamo/v1`"});
    return std::nullopt;
  }
  return tree;
}

std::optional<std::deque<SyntaxTree>> parse_yaml_documents(const SourceFile& file, DiagnosticSink& sink) {
  if (!check_bytes(file, sink)) return std::nullopt;
  std::deque<SyntaxTree> trees;
  bool good = true;
  std::size_t values = 0;
  const std::string_view text = file.text();
  for (std::size_t begin = text_of::byte_order_mark(text); begin < text.size();) {
    const std::size_t end = next_document(text, begin);
    auto tree = parse_document(file, begin, end, sink);
    good = good && tree.has_value();
    if (tree) values += tree->values;
    if (values > max_values) {
      report(sink, file, too_many_values(begin, begin));
      return std::nullopt;
    }
    if (tree && tree->root != nullptr) trees.push_back(std::move(*tree));
    begin = end;
  }
  if (!good) return std::nullopt;
  return trees;
}

std::optional<SyntaxTree> parse_yaml_value(const SourceFile& argument, std::uint32_t begin) {
  const std::string_view text = argument.text();
  if (text.size() > max_bytes || text_of::forbidden_character(text)) return std::nullopt;
  const std::string_view value = text.substr(std::min(text_of::skip_separation(text, begin), text.size()));
  const bool marker = value.starts_with("---") || value.starts_with("...");
  const bool directive_or_block =
      !value.empty() && std::string_view("%|>").find(value.front()) != std::string_view::npos;
  if ((marker && text_of::is_separation_at(value, 3)) || directive_or_block) return std::nullopt;
  std::optional<SyntaxTree> tree(std::in_place);
  TreeBuilder builder(argument, begin, text.size(), *tree);
  if (read(text, begin, builder) || !builder.findings().empty()) return std::nullopt;
  if (tree->root == nullptr) {
    Node& empty = tree->nodes.emplace_back();
    empty.where = {&argument, begin, begin};
    tree->root = &empty;
  }
  if (!tree->root->is_scalar() && !tree->root->flow) return std::nullopt;
  if (builder.uses_anchors()) return std::nullopt;
  return tree;
}

}  // namespace dynamo
