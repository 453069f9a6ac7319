#pragma once
// `--format github`: one workflow command of GitHub Actions per diagnostic, which the log turns into an annotation of
// the line in question: `::error file=graph.yaml,line=6,col=21,endLine=6,endColumn=29,title=DG0401::message`.

#include "proto/diagnostic.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

std::string render_github(const Diagnostic& diagnostic);
/// All of them; a notice tells how many were left out.
std::string render_all_github(const std::vector<Diagnostic>& diagnostics, std::size_t hidden);
/// A command that failed before it could check anything.
std::string github_failure(std::string_view sentence);

}  // namespace dynamo
