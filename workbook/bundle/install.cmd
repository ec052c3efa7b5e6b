@echo off
setlocal
cd /d "%~dp0"
title 安装 xlbudget
set "HOME_DIR=%LOCALAPPDATA%\xlbudget"
set "ENV_DIR=%HOME_DIR%\env"
set "PY="

rem A Python of 3.11 to 3.13, 64 bit: the launcher's, then the one that this script installed before.
for %%V in (3.13 3.12 3.11) do if not defined PY call :try py -%%V
if not defined PY if exist "%HOME_DIR%\python\python.exe" call :try "%HOME_DIR%\python\python.exe"
if not defined PY call :try python
if defined PY goto :build

rem None there: an installer from python.org that lies in this folder.
set "SETUP="
for %%F in (python-3.11*-amd64.exe python-3.12*-amd64.exe python-3.13*-amd64.exe) do set "SETUP=%%F"
if not defined SETUP goto :nopython
echo 正在安装 Python（只给当前用户，不需要管理员）……
start /wait "" "%SETUP%" /quiet InstallAllUsers=0 Include_launcher=0 Include_test=0 Shortcuts=0 AssociateFiles=0 PrependPath=0 "TargetDir=%HOME_DIR%\python"
call :try "%HOME_DIR%\python\python.exe"
if not defined PY goto :nopython

:build
echo 使用的 Python：%PY%
echo 正在建立 xlbudget 自己的环境：%ENV_DIR%
if exist "%ENV_DIR%" rmdir /s /q "%ENV_DIR%"
if exist "%ENV_DIR%" goto :inuse
%PY% -m venv "%ENV_DIR%"
if errorlevel 1 goto :failed
"%ENV_DIR%\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --no-index --find-links "%~dp0wheels" xlbudget
if errorlevel 1 goto :failed
"%ENV_DIR%\Scripts\xlbudget.exe" addin install
if errorlevel 1 goto :failed
echo.
"%ENV_DIR%\Scripts\xlbudget.exe" addin doctor
echo.
echo 安装完成。请重新打开 Excel，功能区会出现“决算公开”。
pause
exit /b 0

:try
%* -c "import sys,struct; sys.exit(not ((3,11) <= sys.version_info[:2] <= (3,13) and struct.calcsize('P') == 8))" >nul 2>nul
if not errorlevel 1 set "PY=%*"
exit /b 0

:nopython
echo 没有找到 64 位的 Python 3.11、3.12 或 3.13。
echo 请从 python.org 下载安装程序（文件名类似 python-3.12.8-amd64.exe），放进本文件夹，再双击“安装.cmd”。
pause
exit /b 2

:inuse
echo 旧的环境删不掉，多半是 Excel 还开着：请关闭 Excel 后再双击“安装.cmd”。
pause
exit /b 2

:failed
echo 安装没有完成。请把本窗口的内容拍照发给技术支持；原有文件没有改动。
pause
exit /b 2
