#include "graph_loader/yaml/parser.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <istream>

namespace dynamo {
namespace {

using About = Complaint::About;

struct Sentence {
  std::string_view theirs;
  std::string_view ours;
  std::string_view help;
  About about = About::Else;
};

namespace they = YAML::ErrorMsg;

constexpr std::string_view indentation = "check the indentation of this line";

const std::array sentences = std::to_array<Sentence>({
    {they::END_OF_MAP, "expected the next key of this mapping, or its end", indentation, About::Key},
    {they::END_OF_MAP_FLOW, "expected `,` or `}`", "", About::Inside},
    {they::END_OF_SEQ, "expected the next item of this list, or its end", indentation, About::Item},
    {they::END_OF_SEQ_FLOW, "expected `,` or `]`", "", About::Inside},
    {they::MAP_VALUE, "a `:` cannot stand here", "put text that holds `: ` in quotes", About::Colon},
    {they::MAP_KEY, "a key cannot stand here", indentation},
    {they::BLOCK_ENTRY, "a list item cannot begin here", "begin the list on a line of its own, or write `[a, b]`"},
    {they::FLOW_END, "this bracket closes nothing", "", About::Close},
    {they::EOF_IN_SCALAR, "the text ends inside quotes", "close the quotes", About::Quote},
    {they::DOC_IN_SCALAR, "a document marker cannot stand inside quotes", "close the quotes", About::Quote},
    {they::UNKNOWN_TOKEN, "a value cannot begin with this character", "put the text in quotes", About::Start},
    {they::TAB_IN_INDENTATION, "a tab cannot indent", "indent with spaces"},
    {they::UNKNOWN_ANCHOR, "no anchor of this name stands before it", "", About::Start},
    {they::MULTIPLE_ANCHORS, "a value can have one anchor only", ""},
    {they::MULTIPLE_TAGS, "a value can have one tag only", ""},
    {they::ALIAS_CONTENT, "an alias cannot have an anchor or a tag", ""},
    {they::ALIAS_NOT_FOUND, "expected a name after `*`", "put the text in quotes if it is not an alias", About::Start},
    {they::ANCHOR_NOT_FOUND, "expected a name after `&`", "put the text in quotes if it is not an anchor",
     About::Start},
    {they::CHAR_IN_ALIAS, "this character cannot be part of an alias", ""},
    {they::CHAR_IN_ANCHOR, "this character cannot be part of an anchor", ""},
    {they::INVALID_HEX, "expected a hexadecimal digit", "", About::Escape},
    {they::INVALID_UNICODE, "this escape does not stand for a character", "", About::Escape},
    {they::INVALID_ESCAPE, "this escape does not exist", "write `\\\\` for a backslash, or use single quotes",
     About::Escape},
    {they::ZERO_INDENT_IN_BLOCK, "the indentation of a block of text is at least 1", ""},
    {they::CHAR_IN_BLOCK, "expected the end of the line after `|` or `>`", ""},
    {they::YAML_DIRECTIVE_ARGS, "`%YAML` takes one version", ""},
    {they::YAML_VERSION, "`%YAML` takes a version such as 1.2", ""},
    {they::YAML_MAJOR_VERSION, "only YAML 1 is supported", ""},
    {they::REPEATED_YAML_DIRECTIVE, "`%YAML` is written twice", ""},
    {they::TAG_DIRECTIVE_ARGS, "`%TAG` takes a handle and a prefix", ""},
    {they::REPEATED_TAG_DIRECTIVE, "`%TAG` is written twice for one handle", ""},
});

Complaint complaint_about(const YAML::Exception& error, std::size_t begin) {
  Complaint complaint;
  complaint.message = "this cannot be read as YAML";
  if (!error.mark.is_null()) complaint.at = begin + static_cast<std::size_t>(error.mark.pos);
  for (const Sentence& sentence : sentences) {
    if (!std::string_view(error.msg).starts_with(sentence.theirs)) continue;
    // Some sentences of the parser begin with a shorter one: the longest says most.
    complaint.message = sentence.ours;
    complaint.help = sentence.help;
    complaint.about = sentence.about;
    if (error.msg == sentence.theirs) break;
  }
  return complaint;
}

/// The parser's words in ours.
class Translator final : public YAML::EventHandler {
 public:
  Translator(std::size_t begin, YamlEvents& events) : begin_(begin), events_(events) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { events_.null(offset(mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { events_.alias(offset(mark), anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    events_.scalar(offset(mark), anchor, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    events_.sequence_start(offset(mark), has_properties(tag, anchor), anchor, style_of(style));
  }
  void OnSequenceEnd() override { events_.collection_end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    events_.mapping_start(offset(mark), has_properties(tag, anchor), anchor, style_of(style));
  }
  void OnMapEnd() override { events_.collection_end(); }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override { events_.anchor(offset(mark), name); }

 private:
  [[nodiscard]] std::size_t offset(const YAML::Mark& mark) const { return begin_ + static_cast<std::size_t>(mark.pos); }
  static bool has_properties(const std::string& tag, YAML::anchor_t anchor) {
    return anchor != YAML::NullAnchor || (!tag.empty() && tag != "?");
  }
  static YamlEvents::Style style_of(YAML::EmitterStyle::value style) {
    return style == YAML::EmitterStyle::Flow ? YamlEvents::Style::Flow : YamlEvents::Style::Block;
  }

  std::size_t begin_;
  YamlEvents& events_;
};

static_assert(YAML::NullAnchor == no_anchor);

}  // namespace

std::optional<Complaint> parse_events(std::istream& stream, std::size_t begin, YamlEvents& events) {
  Translator translator(begin, events);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(translator);
  } catch (const YAML::Exception& error) {
    return complaint_about(error, begin);
  }
  return std::nullopt;
}

}  // namespace dynamo
