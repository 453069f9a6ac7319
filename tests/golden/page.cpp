#include "tests/golden/page.h"

#include "tests/support/temp_dir.h"

#include <algorithm>
#include <sstream>

namespace dynamo::test {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "\\t") == 0) {
      result += '\t';
      at += 1;
    } else if (text.compare(at, 2, "\\x") == 0 && at + 3 < text.size()) {
      result += static_cast<char>(std::stoi(text.substr(at + 2, 2), nullptr, 16));
      at += 3;
    } else {
      result += text[at];
    }
  }
  return result;
}

/// Reads the lines of one section in their order.
class ExampleReader {
 public:
  void comment(const std::string& text) {
    const std::size_t end = text.find_first_of(": ");
    const std::string key = text.substr(0, end);
    const std::size_t from = end == std::string::npos ? end : text.find_first_not_of(": ", end);
    const std::string value = from == std::string::npos ? "" : text.substr(from);
    if (key == "args") arguments_ = words_of(value);
    if (key == "flags") flags_ = words_of(value);
    if (key == "file") file_ = value;
    if (key == "bytes") bytes_ = true;
    if (key == "command" && value == "import") {
      command_ = {"import"};
      file_ = "deploy.yaml";
      arguments_ = {file_};
    }
    if (text.starts_with("not run: ")) example_.not_run = text.substr(9);
  }
  void block(const std::string& text) {
    example_.files[file_] = bytes_ ? unescaped(text) : text;
    bytes_ = false;
  }
  Example finish() {
    example_.arguments = command_;
    example_.arguments.insert(example_.arguments.end(), flags_.begin(), flags_.end());
    example_.arguments.insert(example_.arguments.end(), arguments_.begin(), arguments_.end());
    return example_;
  }

 private:
  Example example_;
  std::vector<std::string> command_{"graph", "validate"};
  std::vector<std::string> arguments_{"graph.yaml"};
  std::vector<std::string> flags_;
  std::string file_ = "graph.yaml";
  bool bytes_ = false;
};

}  // namespace

Page read_page(const std::filesystem::path& file) {
  std::map<std::string, ExampleReader> sections;
  std::string section;
  std::string block;
  bool in_block = false;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    if (in_block) {
      in_block = line != "```";
      if (in_block) {
        block += line + "\n";
      } else {
        sections[section].block(block);
      }
    } else if (line.starts_with("```")) {
      in_block = true;
      block.clear();
    } else if (line.starts_with("## ")) {
      section = line.substr(3);
    } else if (line.starts_with("<!-- ") && line.ends_with(" -->")) {
      sections[section].comment(line.substr(5, line.size() - 9));
    }
  }
  return {.code = file.stem().string(), .wrong = sections["Wrong"].finish(), .right = sections["Right"].finish()};
}

std::vector<std::filesystem::path> all_pages() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(DYNAMO_DIAGNOSTIC_PAGES)) {
    if (entry.path().extension() == ".md" && entry.path().stem().string().starts_with("DG")) {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace dynamo::test
