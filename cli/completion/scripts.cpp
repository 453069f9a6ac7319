#include "cli/completion/scripts.h"

#include <string_view>

namespace dynamo {
namespace {

// The scripts ask `dynamo __complete` (completion.h). It is never given the terminal, since a graph file may be `-`. A
// candidate that goes on ends in `=`, `.`, `:` or `/` and gets no blank behind it. `@dynamo@` is the program to ask.

// Readline replaces the end of a word, from the last of COMP_WORDBREAKS or a quote on, and hands it over as $2. It puts
// quotes where they are needed, and leaves them open behind a folder, if it is told that these are file names; but then
// it takes any candidate for a folder that is called like one.
constexpr std::string_view bash = R"SHELL(# bash completion of dynamo. In ~/.bashrc: source <(dynamo completion bash)
_dynamo() {
  local lines candidate
  COMPREPLY=()
  lines=$(command @dynamo@ __complete_line "${COMP_LINE:0:COMP_POINT}" "$2" </dev/null 2>/dev/null) ||
    compopt -o default
  while IFS=$'\t' read -r candidate _; do
    [[ -n $candidate ]] && COMPREPLY+=("$candidate")
    [[ $candidate == */ || $candidate == *[!A-Za-z0-9_.:=~/\$-]* ]] && compopt -o filenames
  done <<<"$lines"
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.:/] ]] && compopt -o nospace
  return 0
}
complete -o nosort -F _dynamo dynamo
)SHELL";

// What stands up to the last `/` stays as it was typed, so that `~` and `$HOME` go on to be expanded.
constexpr std::string_view zsh = R"SHELL(#compdef dynamo
# zsh completion of dynamo. In ~/.zshrc, after compinit: source <(dynamo completion zsh)
_dynamo() {
  local -a lines whole whole_shown open open_shown
  local line value shown typed=${(Q)PREFIX}
  lines=("${(@f)$(command @dynamo@ __complete "${(@Q)words[2,CURRENT-1]}" "$typed" </dev/null 2>/dev/null)}")
  compset -P '*/'
  for line in $lines; do
    value=${line%%$'\t'*}
    value=${value#"${typed%"${typed##*/}"}"}
    shown=$value
    [[ -n ${line#*$'\t'} ]] && shown="$value  -- ${line#*$'\t'}"
    if [[ $value == *[=.:/] ]]; then
      open+=("$value")
      open_shown+=("$shown")
    else
      whole+=("$value")
      whole_shown+=("$shown")
    fi
  done
  compadd -l -d whole_shown -- "${(@)whole}"
  compadd -l -S '' -d open_shown -- "${(@)open}"
}
if [[ $funcstack[1] == _dynamo ]]; then
  _dynamo "$@"
else
  compdef _dynamo dynamo
fi
)SHELL";

// fish itself completes a path that begins with a variable: it does not put what a command offers there.
constexpr std::string_view fish =
    R"SHELL(# fish completion of dynamo. Once: dynamo completion fish > ~/.config/fish/completions/dynamo.fish
function __dynamo_complete
    command @dynamo@ __complete_line (commandline -cp | string collect) </dev/null 2>/dev/null
end
complete -c dynamo -f -k -a '(__dynamo_complete)'
complete -c dynamo -F -n 'string match -q "\\$*" -- (commandline -ct)'
)SHELL";

std::string_view text_of(Shell shell) {
  switch (shell) {
    case Shell::Bash: return bash;
    case Shell::Zsh: return zsh;
    case Shell::Fish: return fish;
  }
  return {};
}

/// As one word of any of the shells.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      result += "'\\''";
    } else {
      result += letter;
    }
  }
  return result + "'";
}

}  // namespace

std::string completion_script(Shell shell, const std::string& program) {
  constexpr std::string_view place = "@dynamo@";
  std::string result(text_of(shell));
  for (std::size_t at = result.find(place); at != std::string::npos; at = result.find(place)) {
    result.replace(at, place.size(), program.empty() ? "dynamo" : quoted(program));
  }
  return result;
}

}  // namespace dynamo
