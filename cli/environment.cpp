#include "cli/environment.h"

namespace dynamo {

Style Environment::style(const Channel& channel) const {
  if (color != ColorWish::Auto) return Style(color == ColorWish::Always);
  const bool unwanted = !variable("NO_COLOR").value_or("").empty() || variable("TERM").value_or("") == "dumb";
  return Style(channel.terminal && !unwanted);
}

std::optional<std::string> Environment::variable(const std::string& name) const {
  const auto found = variables.find(name);
  if (found == variables.end()) return std::nullopt;
  return found->second;
}

std::string Environment::short_path(const std::filesystem::path& path) const {
  const std::string text = path.string();
  const std::string folder = home.string();
  if (folder.size() > 1 && text.starts_with(folder + "/")) return "~" + text.substr(folder.size());
  return text;
}

}  // namespace dynamo
