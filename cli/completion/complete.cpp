#include "cli/completion/complete.h"

#include "cli/completion/override_words.h"
#include "graph_loader/views/outline.h"
#include "proto/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <system_error>
#include <utility>

namespace dynamo {
namespace {

namespace fs = std::filesystem;

bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

bool is_override(const std::string& word) { return word.starts_with('~') || word.find('=') != std::string::npos; }

/// Only files: reading standard input or a pipe could take for ever.
class FilesAtHand final : public FileReader {
 public:
  explicit FilesAtHand(FileReader& files) : files_(files) {}
  Result<std::string> read(const std::string& path) override {
    std::error_code error;
    if (path != "-" && fs::is_regular_file(path, error)) return files_.read(path);
    return Failure{"read `" + path + "`", std::make_error_code(std::errc::no_such_file_or_directory)};
  }

 private:
  FileReader& files_;
};

class Completer {
 public:
  Completer(const CompletionRequest& request, const CommandLineModel& model, FileReader& files)
      : request_(request), model_(model), files_(files), typed_(request.words.empty() ? "" : request.words.back()) {}

  std::vector<Candidate> run() {
    read_words();
    if (pending_ != nullptr) {
      option_value(*pending_, "");
    } else if (const std::size_t equals = typed_.find('='); typed_.starts_with("--") && equals != std::string::npos) {
      const OptionModel* option = find_option(typed_.substr(0, equals));
      if (option != nullptr) option_value(*option, typed_.substr(0, equals + 1));
    } else if (typed_.starts_with('-') && !only_positionals_) {
      options();
    } else if (command_ == nullptr || in_group_) {
      commands();
    } else {
      positional();
    }
    return std::move(result_);
  }

 private:
  void add(std::string text, std::string does = "") {
    if (text.starts_with(typed_)) result_.push_back({std::move(text), std::move(does)});
  }

  // ---- what stands before the cursor ------------------------------------------------------------------

  const CommandModel* find_command(std::string_view name) const {
    const auto found =
        std::find_if(model_.begin(), model_.end(), [&](const CommandModel& one) { return one.name == name; });
    return found == model_.end() ? nullptr : &*found;
  }

  const OptionModel* find_option(std::string_view name) const {
    if (command_ == nullptr) return nullptr;
    for (const OptionModel& option : command_->options) {
      if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) return &option;
    }
    return nullptr;
  }

  void read_words() {
    command_ = find_command("");
    in_group_ = true;
    std::string name;
    for (std::size_t index = 0; index + 1 < request_.words.size(); ++index) {
      const std::string& word = request_.words[index];
      if (pending_ != nullptr) {
        take_value(*pending_, word);
        pending_ = nullptr;
      } else if (word == "--" && !only_positionals_) {
        only_positionals_ = true;
      } else if (word.starts_with('-') && word.size() > 1 && !only_positionals_) {
        const std::size_t equals = word.find('=');
        const OptionModel* option = find_option(word.substr(0, equals));
        if (option == nullptr || option->value.empty()) continue;
        if (equals == std::string::npos) {
          pending_ = option;
        } else {
          take_value(*option, word.substr(equals + 1));
        }
      } else if (in_group_) {
        name += (name.empty() ? "" : " ") + word;
        command_ = find_command(name);
        in_group_ = name == "graph";
      } else {
        positionals_.push_back(word);
      }
    }
    group_ = name == "graph" ? "graph " : "";
  }

  void take_value(const OptionModel& option, const std::string& value) {
    if (is_overlay(option) && value != "-") overlays_.push_back(expanded(value));
  }

  static bool is_overlay(const OptionModel& option) { return option.names.front() == "-f"; }

  /// A path as the command would get it: `~` or a variable at its start is still as it was typed.
  [[nodiscard]] std::string expanded(const std::string& path) const {
    const std::size_t slash = std::min(path.find('/'), path.size());
    std::string name = path.substr(0, slash);
    if (name == "~") {
      name = "HOME";
    } else if (name.starts_with("${") && name.ends_with('}')) {
      name = name.substr(2, name.size() - 3);
    } else if (name.starts_with('$')) {
      name.erase(0, 1);
    } else {
      return path;
    }
    const auto found = request_.variables.find(name);
    return found == request_.variables.end() ? path : found->second + path.substr(slash);
  }

  // ---- candidates -------------------------------------------------------------------------------------

  void commands() {
    for (const CommandHelp& command : command_helps()) {
      const bool inside = command.name.starts_with("graph ");
      if (inside != !group_.empty()) continue;
      add(std::string(inside ? command.name.substr(6) : command.name), std::string(command.summary));
    }
    if (group_.empty()) add("graph", "look at graph files before anything starts");
  }

  void options() {
    if (command_ == nullptr) return;
    for (const OptionModel& option : command_->options) {
      for (const std::string& name : option.names) {
        // The short form is offered where somebody has begun to type it.
        if (name.starts_with("--") || typed_ == name) add(name, option.does);
      }
    }
  }

  void option_value(const OptionModel& option, const std::string& before) {
    for (const std::string& word : option.words) add(before + word);
    if (option.value == "FILE") {
      paths(before, [&](const fs::path& path) { return is_yaml(path) || !is_overlay(option); });
    }
  }

  void positional() {
    const std::string_view synopsis = command_help(command_->name).synopsis;
    const auto takes = [&](std::string_view what) { return synopsis.find(what) != std::string_view::npos; };
    const std::size_t before = positionals_.size();
    if (before > 0 && !takes("...")) return options();
    if (takes("CODE")) return codes();
    if (takes("bash|zsh|fish")) {
      for (const char* shell : {"bash", "zsh", "fish"}) add(shell);
    } else if (takes("TARGET")) {
      if (before == 0) return targets(synopsis.starts_with("TARGET"));
      if (takes("TARGET |")) return second_side();
      override_words();
    } else if (takes("FILE")) {
      paths("", is_yaml);
    }
  }

  /// `graph diff`: another target, or overrides of the first one.
  void second_side() {
    if (positionals_.size() == 1) {
      targets(true);
      if (result_.empty()) override_words();
    } else if (is_override(positionals_[1])) {
      override_words();
    } else {
      options();
    }
  }

  void codes() {
    for (const CodeInfo& info : all_codes()) {
      std::string text = info.code.text();
      // `dg04` and `404` are taken, too.
      if (!typed_.empty() && (typed_.front() == 'd' || typed_.front() == 'D')) {
        std::transform(text.begin(), text.begin() + 2, text.begin(), [&](char letter) {
          return typed_.front() == 'd' ? static_cast<char>(letter + ('a' - 'A')) : letter;
        });
      }
      add(std::move(text), std::string(info.title));
    }
  }

  /// `need_name`: a file with several graphs alone is not enough.
  void targets(bool need_name) {
    const std::size_t colon = typed_.rfind(':');
    if (colon != std::string::npos) return names_of(typed_.substr(0, colon), typed_.substr(0, colon + 1));
    if (is_yaml(typed_) && exists(typed_)) {
      add(typed_);
    } else {
      paths("", is_yaml);
      if (typed_.find('/') == std::string::npos && exists("graph.yaml")) names_of("graph.yaml", "");
    }
    if (result_.size() != 1 || !is_yaml(result_.front().text)) return;
    // The only file: what may stand behind it comes next.
    const std::string file = result_.front().text;
    const TargetNames names = target_names(expanded(file), files_);
    const bool none = names.graphs.empty() && names.specs.empty();
    if (need_name && !none && names.own_graphs != 1) {
      result_.clear();
      offer(names, file + ":");
    } else if (!need_name && file == typed_) {
      offer(names, file + ":");
    }
  }

  [[nodiscard]] bool exists(const std::string& path) const {
    std::error_code ignored;
    return fs::is_regular_file(request_.current_dir / expanded(path), ignored);
  }

  void names_of(const std::string& file, const std::string& before) {
    offer(target_names(expanded(file), files_), before);
  }

  void offer(const TargetNames& names, const std::string& before) {
    for (const std::string& name : names.graphs) add(before + name, "graph");
    for (const std::string& name : names.specs) add(before + name, "spec");
  }

  void override_words() {
    LoadRequest request;
    request.arguments = {expanded(positionals_.front())};
    request.overlays = overlays_;
    request.current_dir = request_.current_dir.string();
    const Outline outline = outline_of(request, files_);
    for (Candidate& candidate : complete_override(typed_, outline))
      add(std::move(candidate.text), std::move(candidate.does));
  }

  template <class Wanted>
  void paths(const std::string& before, Wanted wanted) {
    const std::string typed = typed_.substr(std::min(before.size(), typed_.size()));
    const std::size_t slash = typed.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : typed.substr(0, slash + 1);
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator entry(request_.current_dir / expanded(folder), error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.starts_with('.') && !typed.substr(folder.size()).starts_with('.')) continue;
      if (std::any_of(name.begin(), name.end(), [](unsigned char letter) { return std::iscntrl(letter) != 0; }))
        continue;
      std::error_code ignored;
      if (entry->is_directory(ignored)) {
        found.push_back(before + folder + name + "/");
      } else if (wanted(entry->path())) {
        found.push_back(before + folder + name);
      }
    }
    std::sort(found.begin(), found.end());
    for (std::string& path : found) add(std::move(path));
  }

  const CompletionRequest& request_;
  const CommandLineModel& model_;
  FilesAtHand files_;
  std::string typed_;
  const CommandModel* command_ = nullptr;
  bool in_group_ = true;  ///< the next word names a command
  std::string group_;     ///< "graph " inside it
  const OptionModel* pending_ = nullptr;
  bool only_positionals_ = false;
  std::vector<std::string> positionals_;
  std::vector<std::string> overlays_;
  std::vector<Candidate> result_;
};

}  // namespace

std::vector<Candidate> complete(const CompletionRequest& request, const CommandLineModel& model, FileReader& files) {
  return Completer(request, model, files).run();
}

}  // namespace dynamo
