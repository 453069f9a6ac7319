#include "cli/usage.h"

#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace dynamo {
namespace {

constexpr std::string_view group = "graph ";

/// Words of other programs.
constexpr auto other_words = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"run", "serve"},
    {"start", "serve"},
    {"up", "serve"},
    {"status", "ps"},
    {"check", "graph validate"},
    {"lint", "graph validate"},
    {"ls", "graph list"},
    {"format", "graph fmt"},
    {"draw", "graph plot"},
    {"convert", "import"},
    {"help", "--help"},
    {"version", "--version"},
});

/// Options of other programs, and what is written here.
constexpr auto other_options = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"--json", "--format json"},
    {"--json", "--output json"},
    {"--yaml", "--output yaml"},
    {"--sarif", "--format sarif"},
    {"--no-color", "--color never"},
    {"--overlay", "--file FILE"},
    {"--values", "--file FILE"},
});

std::vector<std::string_view> commands_of(bool in_group) {
  std::vector<std::string_view> result;
  for (const CommandHelp& command : command_helps()) {
    const bool inside = command.name.starts_with(group);
    if (inside == in_group) result.push_back(inside ? command.name.substr(group.size()) : command.name);
  }
  if (!in_group) result.push_back("graph");
  return result;
}

bool is_target(std::string_view word) {
  return word.ends_with(".yaml") || word.ends_with(".yml") || word.find(".yaml:") != std::string_view::npos ||
         word.find(".yml:") != std::string_view::npos;
}

/// The command that was meant, with what follows it; none if nothing is like it.
std::optional<std::string> meant_command(std::string_view typed, bool in_group) {
  const auto full = [](std::string_view name, bool inside) { return fmt::format("{}{}", inside ? group : "", name); };
  const std::vector<std::string_view> own = commands_of(in_group);
  const std::vector<std::string_view> others = commands_of(!in_group);
  if (std::find(others.begin(), others.end(), typed) != others.end()) return full(typed, !in_group);
  for (const auto& [word, name] : other_words) {
    if (typed == word) return std::string(name);
  }
  if (const auto near = nearest(typed, own)) return full(*near, in_group);
  if (const auto near = nearest(typed, others)) return full(*near, !in_group);
  if (is_target(typed)) return fmt::format("{} {}", in_group ? "graph validate" : "serve", typed);
  return std::nullopt;
}

/// Whether the letters of `typed` stand in `name` in this order, the first one first: `fmt` in `format`.
bool abbreviates(std::string_view typed, std::string_view name) {
  if (typed.empty() || name.empty() || typed.front() != name.front()) return false;
  std::size_t at = 0;
  for (const char letter : typed) {
    at = name.find(letter, at);
    if (at == std::string_view::npos) return false;
    ++at;
  }
  return true;
}

class Teller {
 public:
  explicit Teller(const WrongUsage& wrong) : wrong_(wrong), command_(find_command(wrong.command)) {}

  std::vector<std::string> run() {
    if (!wrong_.unexpected.empty()) {
      tell_unexpected();
    } else {
      result_.push_back(mistake());
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] const CommandModel* find_command(std::string_view name) const {
    const auto found = std::find_if(wrong_.model.begin(), wrong_.model.end(),
                                    [&](const CommandModel& one) { return one.name == name; });
    return found == wrong_.model.end() ? nullptr : &*found;
  }

  static const OptionModel* find_option(const CommandModel* command, std::string_view name) {
    if (command == nullptr) return nullptr;
    for (const OptionModel& option : command->options) {
      if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) return &option;
    }
    return nullptr;
  }

  /// "`dynamo graph plan`".
  [[nodiscard]] std::string command_words() const {
    return fmt::format("`dynamo{}{}`", wrong_.command.empty() ? "" : " ", wrong_.command);
  }

  [[nodiscard]] std::string_view synopsis() const {
    for (const CommandHelp& help : command_helps()) {
      if (help.name == wrong_.command) return help.synopsis;
    }
    return {};
  }

  [[nodiscard]] bool takes_overrides() const { return synopsis().find("OVERRIDE") != std::string_view::npos; }

  // ---- words that nobody expects ----------------------------------------------------------------------------

  void tell_unexpected() {
    std::vector<std::string> words;
    for (const std::string& word : wrong_.typed) {
      const auto is_word = [&](const std::string& other) { return other == word; };
      if (std::none_of(wrong_.unexpected.begin(), wrong_.unexpected.end(), is_word)) continue;
      if (std::none_of(words.begin(), words.end(), is_word)) words.push_back(word);
    }
    for (const std::string& word : words) {
      const bool option = word.size() > 1 && word.starts_with('-');
      if (!option && is_value_of_unexpected(word)) continue;
      result_.push_back(option ? option_sentence(word) : argument_sentence(word));
    }
    // The parser may have split a word.
    if (result_.empty()) result_.push_back(argument_sentence(wrong_.unexpected.front()));
  }

  /// The word behind `word` that is no option; empty if there is none.
  [[nodiscard]] std::string_view word_behind(std::string_view word) const {
    for (std::size_t at = 0; at + 1 < wrong_.typed.size(); ++at) {
      if (wrong_.typed[at] == word && !wrong_.typed[at + 1].starts_with('-')) return wrong_.typed[at + 1];
    }
    return {};
  }

  [[nodiscard]] bool is_value_of_unexpected(std::string_view word) const {
    return std::any_of(wrong_.unexpected.begin(), wrong_.unexpected.end(), [&](const std::string& option) {
      return option.starts_with('-') && option.find('=') == std::string::npos && word_behind(option) == word;
    });
  }

  [[nodiscard]] bool is_before_command(std::string_view word) const {
    const std::string_view last = std::string_view(wrong_.command).substr(wrong_.command.rfind(' ') + 1);
    const auto begin = wrong_.typed.begin();
    return std::find(begin, wrong_.typed.end(), word) < std::find(begin, wrong_.typed.end(), last);
  }

  [[nodiscard]] std::string argument_sentence(std::string_view word) const {
    const std::string_view takes = synopsis();
    if (takes.empty()) return fmt::format("{} takes no arguments: leave out `{}`", command_words(), word);
    return fmt::format("there is no place for `{}` in `dynamo {} {}`", word, wrong_.command, takes);
  }

  [[nodiscard]] std::string option_sentence(std::string_view word) const {
    const std::string_view name = word.substr(0, word.find('='));
    const bool has_value = name.size() < word.size();
    const std::string_view bare = word.substr(std::min(word.find_first_not_of('-'), word.size()));
    const bool is_path = bare.substr(0, bare.find('=')).find('.') != std::string_view::npos;
    if (takes_overrides() && is_path) return override_sentence(word, bare);
    if (find_option(command_, name) != nullptr) {
      if (!is_before_command(word)) return argument_sentence(word);  // behind `--`
      return fmt::format("`{}` stands in front of the command: write it behind {}", name, command_words());
    }
    for (const auto& [other, ours] : other_options) {
      const std::string_view option = ours.substr(0, ours.find(' '));
      if (name == other && find_option(command_, option) != nullptr) {
        return fmt::format("there is no option `{}`; write `{}`", name, ours);
      }
    }
    if (const std::string who = other_owners(name); !who.empty()) {
      return fmt::format("{} has no option `{}`; {}", command_words(), name, who);
    }
    const std::vector<std::string_view> near = near_options(name);
    if (!near.empty()) return fmt::format("there is no option `{}`; did you mean {}?", name, one_of(near));
    const bool may_be_override = has_value || (name.starts_with("--") && !word_behind(word).empty());
    if (takes_overrides() && may_be_override) return override_sentence(word, bare);
    return fmt::format("there is no option `{}`", name);
  }

  [[nodiscard]] std::string override_sentence(std::string_view word, std::string_view bare) const {
    if (word.find('=') != std::string_view::npos) return fmt::format("overrides have no dashes: write `{}`", bare);
    const std::string_view value = word_behind(word);
    return fmt::format("there is no option `{}`; an override has no dashes, and a `=`: `{}={}`", word, bare,
                       value.empty() ? "VALUE" : value);
  }

  [[nodiscard]] std::vector<std::string_view> near_options(std::string_view name) const {
    if (command_ == nullptr || !name.starts_with("--")) return {};
    std::vector<std::string_view> names;
    for (const OptionModel& option : command_->options) {
      for (const std::string& one : option.names) {
        if (one.starts_with("--")) names.push_back(one);
      }
    }
    if (const auto near = nearest(name, names)) return {*near};
    std::vector<std::string_view> beginning;
    std::vector<std::string_view> short_for;
    for (const std::string_view one : names) {
      if (one.starts_with(name)) beginning.push_back(one);
      if (abbreviates(name.substr(2), one.substr(2))) short_for.push_back(one);
    }
    if (!beginning.empty()) return beginning;
    return short_for.size() == 1 ? short_for : std::vector<std::string_view>();
  }

  /// "it belongs to `dynamo serve`": the commands that have the option; empty if none or many have it.
  [[nodiscard]] std::string other_owners(std::string_view name) const {
    std::vector<std::string> owners;
    for (const CommandModel& command : wrong_.model) {
      if (find_option(&command, name) == nullptr) continue;
      if (command.name.empty()) return fmt::format("write `dynamo {}`", name);
      owners.push_back(fmt::format("dynamo {}", command.name));
    }
    constexpr std::size_t most = 4;
    if (owners.empty() || owners.size() > most) return {};
    const std::vector<std::string_view> names(owners.begin(), owners.end());
    return fmt::format("it belongs to {}", one_of(names));
  }

  // ---- other mistakes ---------------------------------------------------------------------------------------

  /// The option as it was typed, of those names that it has.
  [[nodiscard]] std::string_view as_typed(std::string_view name) const {
    const OptionModel* option = find_option(command_, name);
    if (option == nullptr) return name;
    for (const std::string& one : option->names) {
      if (std::find(wrong_.typed.begin(), wrong_.typed.end(), one) != wrong_.typed.end()) return one;
    }
    return name;
  }

  [[nodiscard]] std::string mistake() const {
    const std::string_view sentence = wrong_.sentence;
    if (wrong_.kind == "RequiredError") return missing_argument(sentence.substr(0, sentence.find(' ')));
    if (wrong_.kind == "ArgumentMismatch") return wrong_count(sentence.substr(0, sentence.find(':')));
    if (wrong_.kind == "RequiresError") {
      const std::string_view name = sentence.substr(0, sentence.find(' '));
      return fmt::format("`{}` goes only with `{}`", as_typed(name), sentence.substr(sentence.rfind(' ') + 1));
    }
    if (wrong_.kind == "ConversionError") {
      const std::size_t begin = sentence.find("--");
      if (begin != std::string_view::npos) {
        const std::string_view name = sentence.substr(begin, sentence.find(' ', begin) - begin);
        return fmt::format("`{}` takes no value", as_typed(name));
      }
    }
    return std::string(sentence);
  }

  [[nodiscard]] std::string missing_argument(std::string_view name) const {
    std::string_view form;
    if (name == "TARGET") form = "a TARGET: `FILE:NAME`, `FILE` with one graph, or `NAME` in `./graph.yaml`";
    if (name == "CODE") form = "a CODE such as `DG0401`";
    if (name == "FILE") form = "a FILE; `-` is standard input";
    if (name == "SHELL") form = "a shell: `bash`, `zsh` or `fish`";
    return fmt::format("{} needs {}", command_words(), form.empty() ? name : form);
  }

  [[nodiscard]] std::string wrong_count(std::string_view name) const {
    const OptionModel* option = find_option(command_, name);
    const std::string_view typed = as_typed(name);
    if (option == nullptr) return wrong_.sentence;
    if (wrong_.sentence.find("missing") == std::string::npos) return fmt::format("`{}` is given more than once", typed);
    const std::vector<std::string_view> words(option->words.begin(), option->words.end());
    if (!words.empty()) return fmt::format("`{}` needs a word behind it: {}", typed, one_of(words));
    return fmt::format("`{}` needs a value: `{} {}`", typed, typed, option->value);
  }

  const WrongUsage& wrong_;
  const CommandModel* command_;
  std::vector<std::string> result_;
};

}  // namespace

std::string unknown_command_words(const std::vector<std::string>& typed) {
  const bool in_group = typed.front() == "graph";
  const std::string& word = typed[in_group ? 1 : 0];
  std::string sentence = fmt::format("there is no command `dynamo {}{}`", in_group ? group : "", word);
  if (const auto meant = meant_command(word, in_group)) sentence += fmt::format("; did you mean `dynamo {}`?", *meant);
  return sentence;
}

std::vector<std::string> usage_words(const WrongUsage& wrong) { return Teller(wrong).run(); }

}  // namespace dynamo
