# Writes explain_pages.cpp: every page docs/diagnostics/DGnnnn.md as a string.
# cmake -DPAGES=<folder> -DOUTPUT=<file> -P embed_pages.cmake

file(GLOB pages "${PAGES}/DG[0-9][0-9][0-9][0-9].md")
list(SORT pages)
file(WRITE "${OUTPUT}.new" "// Made from docs/diagnostics by embed_pages.cmake.\n#include \"cli/help/explain_pages.h\"\n\nnamespace dynamo {\n\nstd::string_view explain_page(Code code) {\n  switch (code.number) {\n")
foreach(page IN LISTS pages)
  get_filename_component(name "${page}" NAME_WE)
  string(SUBSTRING "${name}" 2 4 number)
  string(REGEX REPLACE "^0+" "" number "${number}")
  file(READ "${page}" text)
  file(APPEND "${OUTPUT}.new" "    case ${number}:\n      return R\"page(${text})page\";\n")
endforeach()
file(APPEND "${OUTPUT}.new" "    default:\n      return {};\n  }\n}\n\n}  // namespace dynamo\n")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
