@echo off
setlocal
title 卸载 xlbudget
set "HOME_DIR=%LOCALAPPDATA%\xlbudget"
if not exist "%HOME_DIR%\env\Scripts\xlbudget.exe" goto :folder
"%HOME_DIR%\env\Scripts\xlbudget.exe" addin uninstall
if errorlevel 1 goto :inuse

:folder
if exist "%HOME_DIR%\env" rmdir /s /q "%HOME_DIR%\env"
if exist "%HOME_DIR%\env" goto :inuse
if exist "%HOME_DIR%\python" rmdir /s /q "%HOME_DIR%\python"
echo 已卸载。工作簿和数据没有改动。
pause
exit /b 0

:inuse
echo 没有卸载干净，多半是 Excel 还开着：请关闭 Excel 后再双击“卸载.cmd”。
pause
exit /b 2
