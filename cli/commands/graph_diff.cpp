#include "cli/commands/graph_diff.h"

#include "cli/graphs/diff_json.h"
#include "cli/graphs/diff_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace dynamo {
namespace {

/// Both graphs see the same text of a file, even if it changes meanwhile; standard input can be read only once.
class ReadOnce final : public FileReader {
 public:
  explicit ReadOnce(FileReader& files) : files_(files) {}
  Result<std::string> read(const std::string& path) override {
    auto known = texts_.find(path);
    if (known == texts_.end()) known = texts_.emplace(path, files_.read(path)).first;
    return known->second;
  }

 private:
  FileReader& files_;
  std::map<std::string, Result<std::string>> texts_;
};

bool is_override(const std::string& word) { return word.starts_with('~') || word.find('=') != std::string::npos; }

/// What is asked about each side; or what is wrong with the words.
struct Questions {
  LoadRequest before;
  LoadRequest after;
  std::string wrong;
};

Questions questions_of(const LoadRequest& request) {
  Questions result{request, request, {}};
  const std::vector<std::string>& words = request.arguments;
  if (words.size() == 1 || is_override(words[1])) {
    result.before.arguments.resize(1);
    result.before.overlays.clear();
    if (words.size() == 1 && request.overlays.empty()) {
      result.wrong = "`graph diff` needs two targets, or one with overlays (-f FILE) or overrides (SLOT=COMPONENT)";
    } else if (std::any_of(words.begin() + 1, words.end(), [](const std::string& one) { return !is_override(one); })) {
      result.wrong = "overrides follow one target: `graph diff` compares it without and with them";
    }
    return result;
  }
  if (words.size() > 2) {
    result.wrong = is_override(words[2])
                       ? "overrides follow one target: `graph diff` compares it without and with them"
                       : fmt::format("`graph diff` compares two targets, and `{}` is a third one", words[2]);
    return result;
  }
  result.before.arguments.resize(1);
  result.after.arguments.erase(result.after.arguments.begin());
  result.after.target_argument = 2;
  return result;
}

/// What both have to say, once. The texts that it points into belong to the two.
Loading merged(const Showing& before, const Showing& after) {
  Loading result;
  result.file = before.file == after.file ? after.file : before.file + ", " + after.file;
  result.graphs_checked = before.graphs_checked + after.graphs_checked;
  std::set<std::tuple<std::string, Position, Code>> places;
  DiagnosticList all;
  for (const Showing* side : {&before, &after}) {
    for (const Diagnostic& one : side->diagnostics) {
      const Span& where = one.primary.where;
      if (places.emplace(where.file->name(), where.start_position(), one.code).second) all.report(one);
    }
  }
  result.untold = std::max(before.untold, after.untold) + all.untold();
  result.diagnostics = std::move(all).sorted();
  return result;
}

/// NAME alone is a graph of ./graph.yaml, also behind a target that names a file.
void tell_about_name(const Showing& before, const Showing& after, const LoadRequest& question,
                     const Environment& environment) {
  const std::string& word = question.arguments.front();
  const Target target = parse_target(word);
  const bool only_name = target.name && (word == *target.name || word == ":" + *target.name);
  if (!only_name || after.graph || before.file == target.file) return;
  environment.complain(fmt::format("help: `{}` is looked for in `./graph.yaml`; a graph of the first file is `{}:{}`\n",
                                   word, before.file, *target.name));
}

/// Whether something stands in the way, with everything said about it.
std::optional<ExitCode> trouble(const Showing& before, const Showing& after, const ReportOptions& options,
                                const Environment& environment) {
  if (options.verbose) tell_files({&before, &after}, environment);
  std::optional<ExitCode> end;
  std::string said;
  for (const Showing* side : {&before, &after}) {
    const auto& sentence = side->usage ? side->usage : side->unreadable;
    if (!sentence || *sentence == said) continue;
    said = *sentence;
    const ExitCode code = fail(environment, side->usage ? ExitCode::WrongUsage : ExitCode::CouldNot, said);
    if (!end) end = code;
  }
  // 1 is for differences.
  if (report(merged(before, after), options, environment) && !end) end = ExitCode::CouldNot;
  return end;
}

DiffSide side_of(const Showing& showing, const LoadRequest& question) {
  return {.file = showing.file,
          .overlays = question.overlays,
          .overrides = {question.arguments.begin() + 1, question.arguments.end()},
          .graph = *showing.graph};
}

}  // namespace

ExitCode run_diff(const DiffOptions& options, Environment& environment) {
  const auto request = load_request(options.load, environment);
  if (const auto* code = std::get_if<ExitCode>(&request)) return *code;
  const Questions questions = questions_of(std::get<LoadRequest>(request));
  if (!questions.wrong.empty()) return fail(environment, ExitCode::WrongUsage, questions.wrong);
  ReadOnce files(*environment.files);
  const Showing before = show(questions.before, files);
  const Showing after = show(questions.after, files);
  if (const auto end = trouble(before, after, options.load.report, environment)) {
    if (questions.after.target_argument == 2) tell_about_name(before, after, questions.after, environment);
    return *end;
  }
  if (!before.graph || !after.graph)
    return fail(environment, ExitCode::CouldNot, "the loader gave no graph and no reason (a bug)");
  const GraphDiff diff = diff_graphs(*before.graph, *after.graph);
  const DiffSide old_side = side_of(before, questions.before);
  const DiffSide new_side = side_of(after, questions.after);
  switch (options.output) {
    case DiffFormat::Text:
      environment.print(diff_text(diff, old_side, new_side, environment.out.width, environment.style(environment.out)));
      break;
    case DiffFormat::Json: print_data(diff_json(diff, old_side, new_side), DataFormat::Json, environment); break;
    case DiffFormat::Yaml: print_data(diff_json(diff, old_side, new_side), DataFormat::Yaml, environment); break;
  }
  return diff.same() ? ExitCode::Good : ExitCode::Different;
}

}  // namespace dynamo
