#include "cli/completion/scripts.h"

namespace dynamo {
namespace {

// `dynamo __complete WORD...` prints a candidate on each line, a tab, and what it means. The last word is the one that
// is being typed. A candidate that goes on ends in `=`, `.`, `:` or `/` and gets no blank behind it.

constexpr std::string_view bash = R"SHELL(# bash completion of dynamo. In ~/.bashrc: source <(dynamo completion bash)
_dynamo() {
  local line=${COMP_LINE:0:COMP_POINT} candidate
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local typed=${words[-1]}
  # For readline a word begins anew behind `:` and `=`.
  local before=${typed%"${typed##*[:=]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    COMPREPLY+=("${candidate#"$before"}")
  done < <("${words[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.:/] ]]; then
    compopt -o nospace 2>/dev/null
  fi
  return 0
}
complete -o nosort -F _dynamo dynamo
)SHELL";

constexpr std::string_view zsh = R"SHELL(#compdef dynamo
# zsh completion of dynamo. In ~/.zshrc, after compinit: source <(dynamo completion zsh)
_dynamo() {
  local -a lines whole whole_shown open open_shown
  local line value shown
  lines=("${(@f)$(${(Q)words[1]} __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  for line in $lines; do
    value=${line%%$'\t'*}
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

constexpr std::string_view fish =
    R"SHELL(# fish completion of dynamo. Once: dynamo completion fish > ~/.config/fish/completions/dynamo.fish
function __dynamo_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    $program __complete $words (commandline -ct) 2>/dev/null
end
complete -c dynamo -f -k -a '(__dynamo_complete)'
)SHELL";

}  // namespace

std::string_view completion_script(Shell shell) {
  switch (shell) {
    case Shell::Bash: return bash;
    case Shell::Zsh: return zsh;
    case Shell::Fish: return fish;
  }
  return {};
}

}  // namespace dynamo
