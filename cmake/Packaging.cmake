# cmake --install and CPack (a .deb that names the libraries it needs).

include(GNUInstallDirs)

if(TARGET dynamo)
  install(TARGETS dynamo RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")

  # The program writes its manual pages, completions and schemas itself. A completion asks the `dynamo` of PATH if that
  # is the one that has written it.
  set(written "${CMAKE_BINARY_DIR}/written")
  function(install_what_it_writes file folder)
    install(CODE "
      file(MAKE_DIRECTORY \"${written}\")
      execute_process(COMMAND \"${CMAKE_COMMAND}\" -E env \"PATH=$<TARGET_FILE_DIR:dynamo>\" \"$<TARGET_FILE:dynamo>\" ${ARGN}
        OUTPUT_FILE \"${written}/${file}\" COMMAND_ERROR_IS_FATAL ANY)")
    install(FILES "${written}/${file}" DESTINATION "${folder}")
  endfunction()
  install_what_it_writes(dynamo.1 "${CMAKE_INSTALL_MANDIR}/man1" __manual 1)
  install_what_it_writes(dynamo-graph.5 "${CMAKE_INSTALL_MANDIR}/man5" __manual 5)
  install_what_it_writes(dynamo "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" completion bash)
  install_what_it_writes(_dynamo "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" completion zsh)
  install_what_it_writes(dynamo.fish "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" completion fish)
  install_what_it_writes(dynamo.schema.json "${CMAKE_INSTALL_DATADIR}/dynamo" graph schema)
  install_what_it_writes(overlay.schema.json "${CMAKE_INSTALL_DATADIR}/dynamo" graph schema --overlay)
endif()
install(FILES README.md CHANGELOG.md LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")
install(DIRECTORY examples/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples"
  USE_SOURCE_PERMISSIONS PATTERN "__pycache__" EXCLUDE)

set(CPACK_PACKAGE_NAME dynamo)
set(CPACK_PACKAGE_VENDOR "the dynamo maintainers")
set(CPACK_PACKAGE_CONTACT "the dynamo maintainers <maintainers@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS python3)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
include(CPack)
