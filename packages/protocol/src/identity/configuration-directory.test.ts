import { describe, expect, it } from 'vitest';
import {
  configurationDirectory,
  formerConfigurationDirectory,
  type AccountEnvironment,
} from './configuration-directory.js';
import { IdentityError } from './identity-error.js';

const linux: AccountEnvironment = { platform: 'linux', env: {}, home: '/home/me' };
const mac: AccountEnvironment = { platform: 'darwin', env: {}, home: '/Users/me' };
const windows: AccountEnvironment = { platform: 'win32', env: {}, home: 'C:\\Users\\me' };

describe('configurationDirectory', () => {
  it.each<[string, AccountEnvironment, string]>([
    ['Linux', linux, '/home/me/.config/pong'],
    ['macOS', mac, '/Users/me/Library/Application Support/pong'],
    ['Windows', { ...windows, env: { LOCALAPPDATA: 'D:\\Local', APPDATA: 'D:\\Roaming' } }, 'D:\\Local\\pong'],
    ['Windows without LOCALAPPDATA', windows, 'C:\\Users\\me\\AppData\\Local\\pong'],
    ['Linux with XDG_CONFIG_HOME', { ...linux, env: { XDG_CONFIG_HOME: '/etc/xdg' } }, '/etc/xdg/pong'],
    ['macOS with XDG_CONFIG_HOME', { ...mac, env: { XDG_CONFIG_HOME: '/etc/xdg' } }, '/etc/xdg/pong'],
    [
      'Windows with XDG_CONFIG_HOME',
      { ...windows, env: { XDG_CONFIG_HOME: 'E:\\x', LOCALAPPDATA: 'D:\\y' } },
      'E:\\x\\pong',
    ],
    [
      'a relative XDG_CONFIG_HOME, which is ignored',
      { ...linux, env: { XDG_CONFIG_HOME: 'here' } },
      '/home/me/.config/pong',
    ],
    ['an empty XDG_CONFIG_HOME, which is ignored', { ...linux, env: { XDG_CONFIG_HOME: '' } }, '/home/me/.config/pong'],
    [
      'LOCALAPPDATA on a system other than Windows, which is ignored',
      { ...linux, env: { LOCALAPPDATA: '/x' } },
      '/home/me/.config/pong',
    ],
    ['XDG_CONFIG_HOME without a home directory', { ...linux, home: '', env: { XDG_CONFIG_HOME: '/x' } }, '/x/pong'],
  ])('%s', (_name, environment, directory) => {
    expect(configurationDirectory(environment, 'pong')).toBe(directory);
  });

  it('fails without a home directory', () => {
    expect(() => configurationDirectory({ ...linux, home: '' }, 'pong')).toThrow(IdentityError);
    expect(() => configurationDirectory({ ...linux, home: '' }, 'pong')).toThrow(/XDG_CONFIG_HOME/);
  });
});

describe('formerConfigurationDirectory', () => {
  it.each<[string, AccountEnvironment, string | undefined]>([
    ['Linux', linux, undefined],
    ['macOS', { ...mac, env: { APPDATA: '/x' } }, undefined],
    ['Windows', { ...windows, env: { APPDATA: 'D:\\Roaming' } }, 'D:\\Roaming\\pong'],
    ['Windows without APPDATA', windows, 'C:\\Users\\me\\AppData\\Roaming\\pong'],
    ['Windows with XDG_CONFIG_HOME', { ...windows, env: { XDG_CONFIG_HOME: 'E:\\x' } }, undefined],
    ['Windows with one folder for both', { ...windows, env: { APPDATA: 'D:\\y', LOCALAPPDATA: 'D:\\y' } }, undefined],
    ['Windows without a home directory', { ...windows, home: '' }, undefined],
  ])('%s', (_name, environment, directory) => {
    expect(formerConfigurationDirectory(environment, 'pong')).toBe(directory);
  });
});
