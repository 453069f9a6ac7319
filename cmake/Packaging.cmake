# cmake --install and CPack.
